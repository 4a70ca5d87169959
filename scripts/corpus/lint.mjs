// The lint on code that nobody here wrote: `node scripts/corpus/lint.mjs FOLDER` downloads the packages below into FOLDER (sources only, nothing is installed
// or imported), runs the built command on each, counts findings and draws a sample with a fixed seed; with `--report` it writes docs/lint-corpus.md from
// these figures and from the judgements in judgements.json, which were written after reading each finding with the lines around it, not the whole file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = [
  "torchvision==0.29.1",
  "timm==1.0.31",
  "transformers==5.24.0",
  "keras==3.15.1",
  "flax==0.12.8",
  "dm_haiku==0.0.17",
  "einops_exts==0.0.4",
  "keras_hub==0.32.0",
  "kornia==0.9.0",
  "lightly==1.6.0",
  "monai==1.6.1",
  "pyro_ppl==1.9.2",
  "pytorch_lightning==2.6.6",
  "segmentation_models_pytorch==0.6.0",
  "stable_baselines3==2.9.2",
  "torch_geometric==2.8.1",
  "torchrl==0.14.1",
  "vit_pytorch==1.26.11",
  "x_transformers==2.31.10",
  // Read for the first time by the second sample.
  "diffusers==0.42.1",
  "neuralforecast==3.3.0",
  "open_clip_torch==3.3.0",
  "recbole==1.2.1",
  "speechbrain==1.1.2",
  "tsai==1.0.1",
];
/** Findings of one rule in the sample: a rule that fires everywhere must not fill it. */
const MOST_OF_RULE = 40;
const SAMPLE = 66;
/** Another word draws another sample. */
const SEED = "2026-11-25";

const [folder] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
if (folder === undefined) throw new Error("Name a folder for the packages.");

function wheelOf(name) {
  const plain = name.split("==")[0].toLowerCase();
  return readdirSync(folder).find((file) => file.toLowerCase().startsWith(`${plain}-`) && file.endsWith(".whl"));
}

function unpack(name) {
  const target = join(folder, "src", name.split("==")[0]);
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  if (wheelOf(name) === undefined)
    spawnSync("pip", ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, name], {
      stdio: "inherit",
    });
  const files = unzipSync(readFileSync(join(folder, wheelOf(name))), {
    filter: ({ name: path }) => path.endsWith(".py"),
  });
  for (const [path, bytes] of Object.entries(files)) {
    if (path.split("/").includes("..") || path.startsWith("/")) continue;
    mkdirSync(join(target, path, ".."), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
  return target;
}

const rows = [];
const findings = [];
for (const name of PACKAGES) {
  const target = unpack(name);
  const started = performance.now();
  const { stdout } = spawnSync(process.execPath, [join(ROOT, "dist/node/cli.cjs"), "lint", target, "--json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - started) / 1000;
  const { files } = JSON.parse(stdout);
  const lines = files.reduce((sum, { file }) => sum + readFileSync(file, "utf8").split("\n").length, 0);
  const own = files.flatMap((file) =>
    file.findings.map((one) => ({ ...one, file: relative(join(folder, "src"), one.file) })),
  );
  findings.push(...own);
  rows.push({
    name,
    files: files.length,
    lines,
    seconds,
    findings: own.length,
    models: files.reduce((sum, { models }) => sum + models.length, 0),
  });
}
// A fixed order that no one chose: by the hash of the seed, file, line and rule.
const keyOf = ({ file, line, rule }) => createHash("sha256").update(`${SEED}:${file}:${line}:${rule}`).digest("hex");
const EARLIER = JSON.parse(readFileSync(new URL("judgements-first.json", import.meta.url), "utf8"));
const sample = [];
const counts = {};
const drawn = {};
for (const one of findings.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
  counts[one.rule] = (counts[one.rule] ?? 0) + 1;
  // What was read for the first sample is not read again.
  if (EARLIER[`${one.file}:${one.line}:${one.rule}`] !== undefined) continue;
  drawn[one.rule] = (drawn[one.rule] ?? 0) + 1;
  if (drawn[one.rule] <= MOST_OF_RULE && sample.length < SAMPLE) sample.push(one);
}
writeFileSync(join(folder, "sample.json"), JSON.stringify(sample, null, 1));
console.table(rows);
console.table(counts);

if (process.argv.includes("--report")) {
  const read = (name) => {
    const judgements = Object.entries(JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")));
    const rows = judgements.map(([place, [verdict]]) => ({ rule: place.slice(place.lastIndexOf(":") + 1), verdict }));
    const share = (word, rule) => rows.filter((one) => one.verdict === word && (rule ?? one.rule) === one.rule).length;
    return { rows, share, kept: Math.round((100 * (rows.length - share("false"))) / rows.length) };
  };
  const [first, second] = [read("judgements-first.json"), read("judgements.json")];
  const table = (heads, lines) =>
    [
      `| ${heads.join(" | ")} |`,
      `| ${heads.map(() => "---").join(" | ")} |`,
      ...lines.map((cells) => `| ${cells.join(" | ")} |`),
    ].join("\n");
  const total = (field) => rows.reduce((sum, row) => sum + row[field], 0);
  const page = `# The lint on code that nobody here wrote

\`node scripts/corpus/lint.mjs FOLDER --report\` downloads these packages (sources only; nothing is installed or imported), lints them with every rule at its default
and writes this page. Samples are drawn by the hash of a seed, file, line and rule, at most ${MOST_OF_RULE} of a rule; each finding was read with the lines around it and judged:
_true_ (what it says holds there), _debatable_ (it holds, but the authors had a reason, or it hardly matters there), _false_ (it does not hold). Verdicts with a word on
each are in \`scripts/corpus/judgements.json\` and \`judgements-first.json\`.

## Verdicts

Second sample, seed ${SEED}, of findings that nobody had read, six packages among them that the rules had never seen: ${second.rows.length} findings, ${second.share("true")} true,
${second.share("debatable")} debatable, ${second.share("false")} false; ${second.kept} % not false, as they were drawn. The false ones are mended: a mean was held against
noise, a positional encoding, a codebook, the vector of a mask and a vector of scales (MF008, six), and a draw behind \`torch.nn.utils.spectral_norm\` was called lost, which
PyTorch's own run says it is not (MF020, two; that rule was a day old). More than half of the sample is one harmless note (MF008 of \`trunc_normal_\`: true, and of no matter
at these deviations). True and new to their authors, as far as we know: convolutions that are drawn behind \`weight_norm\` (speechbrain), Glorot's law by the stored axes of
transposed convolutions (speechbrain, twice), SiLU behind PyTorch's default without a norm (diffusers).

${table(
  ["rule", "found in all, after mending", "judged", "true", "debatable", "false"],
  [...new Set([...Object.keys(counts), ...second.rows.map(({ rule }) => rule)])]
    .sort()
    .map((rule) => [
      rule,
      counts[rule] ?? 0,
      second.rows.filter((one) => one.rule === rule).length,
      ...["true", "debatable", "false"].map((word) => second.share(word, rule)),
    ]),
)}

First sample, before: ${first.rows.length} findings, ${first.share("true")} true, ${first.share("debatable")} debatable, ${first.share("false")} false, after mending; 6 of 62 were false before
(queries of a single number and a depthwise layer before a norm (MF016, MF006), a law that was scaled afterwards (MF006), branches with LayerScale (MF015, twice), and a
default that a dictionary's entry switched off (MF001)). So of code that nobody looked at about one finding in ten does not hold.

## What was read

${table(["package", "files", "lines", "networks followed", "findings", "seconds"], [...rows.map((row) => [row.name, row.files, row.lines, row.models, row.findings, row.seconds.toFixed(1)]), ["all", total("files"), total("lines"), total("models"), total("findings"), total("seconds").toFixed(1)]])}

Times are of one process on two shared cores, with its start. Library code configures most depths and widths from outside and normalises nearly everything:
the phases (MF001, MF002) are silent there by design. What they must find: [bugs that people have made](lint-history.md).
`;
  const checkpoints = readFileSync(new URL("checkpoints.md", import.meta.url), "utf8");
  writeFileSync(join(ROOT, "docs/lint-corpus.md"), page + checkpoints);
}
