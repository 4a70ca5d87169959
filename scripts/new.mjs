// `npm run new -- format|analysis|panel|study NAME`: a folder with code, test and README that works at once, and its line in the registry.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, SetupError } from "./_lib/process.mjs";
import { analysisFiles } from "./_lib/scaffold/analysis.mjs";
import { formatFiles } from "./_lib/scaffold/format.mjs";
import { panelFiles } from "./_lib/scaffold/panel.mjs";
import { studyFiles } from "./_lib/scaffold/study.mjs";

const KINDS = { format: formatFiles, analysis: analysisFiles, panel: panelFiles, study: studyFiles };
const USAGE = `Usage: npm run new -- ${Object.keys(KINDS).join("|")} NAME\n  NAME in kebab-case, e.g. mean-field`;

function namesOf(id) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id ?? "")) throw new SetupError(USAGE);
  const camel = id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  const words = id.replaceAll("-", " ");
  const upper = (text) => text[0].toUpperCase() + text.slice(1);
  return { id, camel, pascal: upper(camel), title: upper(words) };
}

/** The registry with one more import and one more entry at the end of its list. */
function registered(text, { list, entry, from, path }) {
  const ending = new RegExp(`(export const ${list}\\b[^=]*= \\[[^\\]]*?),?\\s*\\];`);
  if (!ending.test(text)) throw new SetupError(`${path} has no list ${list}.`);
  return `import { ${entry} } from "${from}";\n${text.replace(ending, (_, items) => `${items}, ${entry}];`)}`;
}

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new SetupError(`“${command} ${args.join(" ")}” failed.`);
}

function scaffold(kind, name) {
  if (kind === "rule")
    throw new SetupError(
      "A lint rule is a file src/lint/rules/MF0xx.ts (copy MF019.ts), a line in its registry, a page docs/rules/MF0xx.md and a source in test/fixtures/lint/historical; then npm run manifest.",
    );
  if (!Object.hasOwn(KINDS, kind ?? "")) throw new SetupError(USAGE);
  const { folder, files, fixture, registry, next } = KINDS[kind](namesOf(name));
  if (existsSync(join(ROOT, folder))) throw new SetupError(`${folder} is there already.`);
  const text = registered(readFileSync(join(ROOT, registry.path), "utf8"), registry);
  mkdirSync(join(ROOT, folder), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(ROOT, folder, file), content);
  if (fixture !== undefined) {
    mkdirSync(dirname(join(ROOT, fixture.path)), { recursive: true });
    writeFileSync(join(ROOT, fixture.path), fixture.bytes);
  }
  writeFileSync(join(ROOT, registry.path), text);
  must(join(ROOT, "node_modules", ".bin", "biome"), ["check", "--write", folder, registry.path]);
  if (kind === "format")
    for (const script of ["scripts/manifest.mjs", "scripts/formats.mjs"]) must(process.execPath, [script]);
  console.log(
    [
      ...Object.keys(files).map((file) => `  ${folder}/${file}`),
      ...(fixture === undefined ? [] : [`  ${fixture.path}`]),
      `  ${registry.path}: ${registry.entry}`,
      "",
      ...next.map((line) => `Next: ${line}`),
    ].join("\n"),
  );
}

try {
  scaffold(...process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
  process.exitCode = 1;
}
