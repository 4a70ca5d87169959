// npm runs this after `npm install` in a checkout and before it packs one (`npm pack`, `npm install git+…`, pre-commit): it leaves the command line built.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { must, ROOT, SetupError } from "./_lib/process.mjs";

const BUNDLES = ["cli", "node worker", "webview", "report"];

try {
  if (!existsSync(join(ROOT, "node_modules/esbuild"))) {
    // `npm install --global git+…` prepares its clone with "global" still set, which installs nothing into the clone.
    await must("npm", ["ci", "--no-global", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"], {
      env: { npm_config_global: "false" },
      quiet: true,
    });
  }
  await must(process.execPath, ["esbuild.mjs", "--minify", "--only", BUNDLES.join(",")], { quiet: true });
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
