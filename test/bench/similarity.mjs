// `npm run bench:similarity`: comparisons of representations beside NumPy, rsatoolbox and torch_cka, one thread each, in one run. Asserts that all agree.
// MODESCOPE_PYTHON names a Python with numpy (and rsatoolbox, torch, torch_cka where they are to be compared); `-- --large` takes 10,000 × 768 × 24.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importSources } from "../../scripts/_lib/fromSource.mjs";
import { buildKernels } from "../../scripts/kernels.mjs";

const LARGE = process.argv.includes("--large");
const shape = LARGE
  ? { items: 10_000, dimensions: 768, layers: 24, few: 300 }
  : { items: 2_000, dimensions: 256, layers: 12, few: 300 };
/** float32 activations: what is left of rounding between routes. */
const AGREE = 2e-5;

await buildKernels();
const { Random, loadKernels, allPairSums, pairSums, centred, ckaOf, ckaWithoutEach, pairTable } = await importSources(
  'export { Random } from "./src/numerics/random.ts";',
  'export { loadKernels } from "./src/numerics/kernels/load.ts";',
  'export { allPairSums, pairSums } from "./src/numerics/similarity/linearCka.ts";',
  'export { centred } from "./src/numerics/similarity/matrix.ts";',
  'export { ckaOf, ckaWithoutEach } from "./src/numerics/similarity/hsic.ts";',
  'export { pairTable } from "./src/numerics/similarity/measures.ts";',
);

const { items: n, dimensions: p, layers: count, few } = shape;
const random = new Random(7);
const all = new Float32Array(count * n * p);
// Layers drift away from the first: neighbours are alike.
for (let k = 0; k < n * p; k++) all[k] = random.normal();
for (let layer = 1; layer < count; layer++)
  for (let k = 0; k < n * p; k++) all[layer * n * p + k] = 0.9 * all[(layer - 1) * n * p + k] + 0.4 * random.normal();
const layers = Array.from({ length: count }, (_, k) => ({
  rows: n,
  columns: p,
  data: all.subarray(k * n * p, (k + 1) * n * p),
}));
const fewRows = Int32Array.from({ length: few }, (_, i) => i);
const options = {
  distance: "correlation",
  comparison: "spearman",
  width: 0.5,
  share: 0.99,
  alpha: 0.5,
  batch: 64,
  folds: 5,
  seed: 1,
};
const tableOfFew = (measure) => {
  const table = pairTable(
    measure,
    layers.map((values) => ({ values })),
    fewRows,
    options,
  );
  let first = 0;
  for (let a = 0; a < count; a++)
    for (let b = a; b < count; b++)
      if (a === 0 && b === 1) first = table.value(a, b);
      else table.value(a, b);
  return first;
};

const OURS = {
  pair() {
    const [x, y] = [centred(layers[0]), centred(layers[1])];
    const sums = [pairSums(x, y), pairSums(x, x), pairSums(y, y)];
    // The interval comes along: every item left out.
    ckaWithoutEach("debiased", ...sums);
    return ckaOf("debiased", ...sums);
  },
  table() {
    const sums = allPairSums(layers);
    return ckaOf("debiased", sums.at(0, 1), sums.at(0, 0), sums.at(1, 1));
  },
  "few cka": () => tableOfFew("debiased-cka"),
  "few rsa": () => tableOfFew("rsa"),
};
const WORDS = {
  pair: [`debiased CKA of two layers, ${n} × ${p} (ours with the jackknife)`, "NumPy, p × p"],
  table: [`debiased CKA of ${count} layers, ${n} × ${p}, all pairs (ours with the jackknife)`, "NumPy, p × p a pair"],
  "few cka": [`debiased CKA of ${count} layers, ${few} × ${p}, all pairs`, "torch_cka"],
  "few rsa": [`correlation RDMs of ${count} layers, ${few} × ${p}, all pairs by Spearman`, "rsatoolbox"],
};

const folder = await mkdtemp(join(tmpdir(), "modescope-similarity-"));
let failed = 0;
try {
  await writeFile(join(folder, "shape.json"), JSON.stringify(shape));
  await writeFile(join(folder, "layers.f32"), all);
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const peer = fileURLToPath(new URL("./peers/similarity.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.env.MODESCOPE_PYTHON ?? "python3", [peer, folder], {
    encoding: "utf8",
    env: { ...process.env, ...one },
    maxBuffer: 2 ** 24,
  });
  if (status !== 0) console.error(stderr.split("\n").slice(-4).join("\n"));
  const peers = Object.fromEntries(
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [JSON.parse(line).task, JSON.parse(line)]),
  );
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, kernels ${loadKernels().name}; one thread each, the better of two after a warm-up`,
  );
  for (const [task, run] of Object.entries(OURS)) {
    run();
    let [seconds, value] = [Number.POSITIVE_INFINITY, 0];
    for (let round = 0; round < 2; round++) {
      const start = performance.now();
      value = run();
      seconds = Math.min(seconds, (performance.now() - start) / 1000);
    }
    const other = peers[task];
    const [what, who] = WORDS[task];
    if (other === undefined || other.gap !== undefined)
      console.log(`${what}: ${seconds.toFixed(3)} s; ${who}: not there (${other?.gap ?? "the peer ended"})`);
    else {
      // The torch package's centring leaves its own rounding in float32.
      const apart = Math.abs(value - other.values);
      const agrees = apart <= (task === "few cka" ? 1e-2 : AGREE);
      if (!agrees) failed++;
      console.log(
        `${what}: ${seconds.toFixed(3)} s; ${who} ${other.seconds.toFixed(3)} s; ratio ${(other.seconds / seconds).toFixed(2)}; values ${agrees ? "agree" : "DIFFER"} to ${apart.toExponential(1)}`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
