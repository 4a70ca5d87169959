// `npm run initialization`: computes the demonstrations of docs/initialization.md and writes the page and its pictures.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importSources } from "./_lib/fromSource.mjs";
import { must, ROOT } from "./_lib/process.mjs";

const { demonstrations, renderPage, renderPicture } = await importSources(
  'export { demonstrations } from "./test/theory/demos/index.ts";',
  'export { renderPage, renderPicture } from "./test/theory/demos/render.ts";',
);
const trained = JSON.parse(await readFile(join(ROOT, "test/fixtures/theory/trained-depth.json"), "utf8"));
const demos = demonstrations(trained);
const images = join(ROOT, "docs", "images", "initialization");
await mkdir(images, { recursive: true });
await writeFile(join(ROOT, "docs", "initialization.md"), renderPage(demos));
for (const { id, picture } of demos)
  if (picture !== undefined) await writeFile(join(images, `${id}.svg`), renderPicture(picture));
// Tables in columns, as all pages have them.
await must(process.execPath, ["node_modules/@biomejs/biome/bin/biome", "format", "--write", "docs/initialization.md"], {
  quiet: true,
});
console.log(`docs/initialization.md: ${demos.length} demonstrations`);
