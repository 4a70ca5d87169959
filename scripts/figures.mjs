// `npm run figures`: draws the pictures of docs/learning-theory.md with the product's own charts and numbers, into docs/images. A test finds drift.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Window } from "happy-dom";
import { importSources } from "./_lib/fromSource.mjs";
import { ROOT } from "./_lib/process.mjs";

const window = new Window();
for (const name of ["document", "HTMLElement", "HTMLCanvasElement", "requestAnimationFrame", "cancelAnimationFrame"])
  globalThis[name] = window[name];
globalThis.window = window;

const { PICTURES } = await importSources('export { PICTURES } from "./test/figures/pictures.ts";');
for (const { name, draw } of PICTURES) {
  const svg = await draw();
  await writeFile(join(ROOT, "docs", "images", name), svg);
  console.log(`docs/images/${name}  ${(svg.length / 1024).toFixed(1)} KiB`);
}
await window.happyDOM.close();
