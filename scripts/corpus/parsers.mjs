// The two parsers of Python held to one another on code that nobody here wrote: `node scripts/corpus/parsers.mjs FOLDER…` reads every `.py` below the folders with both, statement by
// statement, and says how many they read alike, how many are left to the tolerant one, and each that they read differently. `-- --left` prints what is left too.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folders = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const showsLeft = process.argv.includes("--left");
if (folders.length === 0) throw new Error("Name a folder with Python sources.");

const { outputFiles } = await build({
  stdin: {
    contents: 'export { agreement } from "./src/lint/python/syntax/wellFormed/agreement.testkit.ts";',
    resolveDir: ROOT,
  },
  bundle: true,
  platform: "node",
  format: "esm",
  write: false,
});
const { agreement } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

function* pythonFiles(path) {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) yield* pythonFiles(join(path, name));
  else if (path.endsWith(".py")) yield path;
}

const sum = { files: 0, characters: 0, statements: 0, left: 0, differences: 0 };
for (const folder of folders)
  for (const file of pythonFiles(folder)) {
    const text = readFileSync(file, "utf8");
    const { statements, left, differences } = agreement(text);
    sum.files++;
    sum.characters += text.length;
    sum.statements += statements;
    sum.left += left.length;
    sum.differences += differences.length;
    if (showsLeft) for (const source of left) console.log(`${file}: left: ${JSON.stringify(source.slice(0, 200))}`);
    for (const { source, ours, theirs } of differences) {
      let at = 0;
      while (ours[at] === theirs[at]) at++;
      const [mine, other] = [ours, theirs].map((one) => one.slice(Math.max(0, at - 100), at + 100));
      console.log(`${file}: ${JSON.stringify(source.slice(0, 200))}\n  well-formed: ${mine}\n  tolerant:    ${other}`);
    }
  }
console.log(sum);
process.exitCode = sum.differences === 0 ? 0 : 1;
