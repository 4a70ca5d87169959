// Writes the capture scripts of all frameworks into a folder, to be run there by hand: `node scripts/captureScripts.mjs FOLDER`, then each with its framework.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importSources } from "./_lib/fromSource.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name a folder.");
const { FRAMEWORKS, captureScript } = await importSources(
  'export { FRAMEWORKS, captureScript } from "./src/extension/representations/captureScripts.ts";',
);
await mkdir(folder, { recursive: true });
for (const framework of FRAMEWORKS) {
  const file = join(folder, `capture_${framework.toLowerCase().replace(/\W.*/, "")}.py`);
  await writeFile(file, captureScript(framework));
  console.log(file);
}
