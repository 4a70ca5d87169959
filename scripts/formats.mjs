// Writes docs/formats.md: what each format opens, from the registry and from what its fixtures really show when they are opened.
// `--check` fails on drift instead.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { importSources } from "./_lib/fromSource.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FIXTURES = join(ROOT, "test", "fixtures");
const PAGE = join(ROOT, "docs", "formats.md");
const LAZY = { ranges: "by range", parts: "by chunk or entry", file: "whole file" };

const load = () =>
  importSources(
    'export { FORMATS } from "./src/formats/registry.ts";',
    'export { openCheckpoint } from "./src/formats/sniff.ts";',
    'export { describeTensors } from "./src/formats/interpret/index.ts";',
    'export { memorySource, leavesFolder } from "./src/base/byteSource.ts";',
  );

/** Files that a producer's note names, with who made them. `*` stays within a name, `**` does not. */
function producedFiles() {
  const names = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(FIXTURES, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
  const matches = (path, pattern) =>
    new RegExp(
      `^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*\*|\*/g, (star) => (star === "*" ? "[^/]*" : ".*"))}$`,
    ).test(path);
  return names
    .filter((name) => basename(name) === "producer.json")
    .flatMap((note) => {
      const folder = note.slice(0, -"producer.json".length);
      return JSON.parse(readFileSync(join(FIXTURES, note), "utf8")).producers.flatMap(
        ({ files = ["*"], ...producer }) =>
          names
            .filter((name) => name.startsWith(folder) && !/^(expected|statistics|producer)\.json$/.test(basename(name)))
            .filter((name) => files.some((pattern) => matches(name.slice(folder.length), pattern)))
            .map((path) => ({ path, producer })),
      );
    });
}

/** Opens a fixture as the engine does, with its siblings; gives what it showed, or null where it is one that must be refused. */
async function look(product, path) {
  const folder = dirname(join(FIXTURES, path));
  const inside = (name) => {
    if (product.leavesFolder(name)) throw new Error(`${name} leaves the folder`);
    return join(folder, posix.normalize(name));
  };
  const source = (file) =>
    product.memorySource(new Uint8Array(readFileSync(file)), `file:///fixtures/${relative(FIXTURES, file)}`);
  const name = basename(path);
  const head = new Uint8Array(readFileSync(join(FIXTURES, path)));
  const claimed = product.FORMATS.find((format) =>
    format.sniff({ head: head.subarray(0, 4096), name, size: head.length }),
  );
  try {
    const { checkpoint, format } = await product.openCheckpoint(source(join(FIXTURES, path)), name, {
      sibling: async (file) => source(inside(file)),
      list: async (below = "") => ({
        entries: readdirSync(below === "" ? folder : inside(below), { withFileTypes: true }).map((entry) => ({
          name: entry.name,
          kind: entry.isDirectory() ? "folder" : "file",
        })),
        complete: true,
      }),
    });
    const tensors = product.describeTensors(checkpoint);
    return {
      id: format.manifest.id,
      opened: true,
      dtypes: new Set(
        checkpoint.tensors.filter(({ derivedFrom }) => derivedFrom === undefined).map(({ dtype }) => dtype),
      ),
      optimizer: tensors.some(({ role }) => role === "optimizer-state"),
      labels: (checkpoint.labels?.length ?? 0) > 0 || Object.keys(checkpoint.axisLabels ?? {}).length > 0,
    };
  } catch {
    return { id: claimed?.manifest.id ?? null, opened: false, dtypes: new Set(), optimizer: false, labels: false };
  }
}

async function page() {
  const product = await load();
  const rows = new Map(
    product.FORMATS.map(({ manifest }) => [
      manifest.id,
      {
        manifest,
        files: 0,
        refused: 0,
        dtypes: new Set(),
        optimizer: false,
        labels: false,
        producers: new Map(),
        notes: new Set(),
      },
    ]),
  );
  for (const { path, producer } of producedFiles()) {
    const seen = await look(product, path);
    const row = rows.get(seen.id);
    if (row === undefined) throw new Error(`${path} is named by a producer.json, but no format takes it.`);
    if (seen.opened) row.files++;
    else row.refused++;
    for (const dtype of seen.dtypes) row.dtypes.add(dtype);
    row.optimizer ||= seen.optimizer;
    row.labels ||= seen.labels;
    const key = `${producer.name} ${producer.version}`;
    row.producers.set(key, producer);
    if (producer.note !== undefined) row.notes.add(`${key}: ${producer.note}`);
  }
  const table = [...rows.values()].map(({ manifest, files, refused, dtypes, optimizer, labels, producers }) => [
    `[${manifest.title}](../src/formats/${manifest.id}/README.md)`,
    [...manifest.extensions, ...(manifest.folder ?? []).map(({ name }) => `${name} (folder)`)]
      .map((name) => `\`${name}\``)
      .join(" "),
    `${files} ${files === 1 ? "file" : "files"}${refused === 0 ? "" : `, ${refused} refused as they must be`}`,
    LAZY[manifest.lazy ?? "ranges"],
    [...dtypes].sort().join(" "),
    labels ? "yes" : "",
    optimizer ? "told apart" : "",
    [...producers.keys()].sort().join(", "),
  ]);
  const notes = [...rows.values()].flatMap(({ notes }) => [...notes]).sort();
  const head = [
    "format",
    "files",
    "opens (fixtures)",
    "reads",
    "dtypes seen",
    "labels",
    "optimizer state",
    "tested with",
  ];
  return [
    "# Formats",
    "",
    "Written by `npm run formats` from the registry and from what the fixtures show when they are opened; a test fails when it has drifted. An empty cell says that no fixture",
    "shows it. A file is known by its content, not its name. **Reads** is what a few values of a tensor cost.",
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...table.map((row) => `| ${row.join(" | ")} |`),
    "",
    "For every format alike: weights that are kept as several tensors (low-rank adapters, GPTQ, AWQ, bitsandbytes, scaled float8) are",
    "[computed when they are read](../src/formats/_shared/derived/README.md), and `config.json`, `id2label` and a tokenizer's vocabulary beside a file are read.",
    "",
    "What the producers' notes add:",
    "",
    ...[...new Set(notes)].map((note) => `- ${note}`),
    "",
  ].join("\n");
}

/** Tables as the formatter sets them, so that formatting the repository changes nothing here. */
function formatted(text) {
  const { stdout, status, stderr } = spawnSync(
    join(ROOT, "node_modules", ".bin", "biome"),
    ["format", "--stdin-file-path=docs/formats.md"],
    { cwd: ROOT, input: text, encoding: "utf8", shell: process.platform === "win32" },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const wanted = formatted(await page());
const there = await readFile(PAGE, "utf8").catch(() => "");
if (there === wanted) {
  console.log("docs/formats.md agrees with the registry and the fixtures.");
} else if (process.argv.includes("--check")) {
  console.error("docs/formats.md has drifted from the registry or the fixtures: run `npm run formats`.");
  process.exitCode = 1;
} else {
  await writeFile(PAGE, wanted);
  console.log("docs/formats.md rewritten.");
}
