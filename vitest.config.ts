import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "webview/**/*.test.ts", "test/**/*.test.{ts,mjs}"],
    exclude: ["test/integration/**", "test/web/**", "node_modules/**"],
    // A bare checkout has no compiled kernels yet.
    globalSetup: ["scripts/kernels.mjs"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
