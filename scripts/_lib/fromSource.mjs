// What the sources export, for scripts that write down what the registries say.
import { build } from "esbuild";
import { ROOT } from "./process.mjs";

/** Imports TypeScript by the lines that export it, e.g. `export { FORMATS } from "./src/formats/registry.ts";`. */
export async function importSources(...lines) {
  const { outputFiles } = await build({
    stdin: { contents: lines.join("\n"), resolveDir: ROOT, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
