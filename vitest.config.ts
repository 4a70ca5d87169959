import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "webview/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/integration/**", "test/web/**", "node_modules/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
