// ModeScope's comparisons of representations behind one line of JSON for each question. similarityProduct.mjs BUNDLE DIST FOLDER THREADS
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { serveLines } from "./serveLines.mjs";

const [bundle, dist, folder, threads] = process.argv.slice(2);
const product = await import(bundle);
const switches = product.enableWideVectors();
if (Number(threads) > 1)
  product.useThreads({
    most: Number(threads) - 1,
    allowed: () => Number(threads),
    start: (helper) => void new Worker(join(dist, "worker.cjs"), { workerData: { helper } }).unref(),
    lost: () => process.exit(1),
  });
let report;
product.loadKernels({
  onReport: (known) => {
    report = known;
  },
});
const { items: n, dimensions: p, layers: count, few } = JSON.parse(readFileSync(join(folder, "shape.json"), "utf8"));
const bytes = readFileSync(join(folder, "layers.f32"));
const layers = Array.from({ length: count }, (_, k) => ({
  rows: n,
  columns: p,
  data: new Float32Array(bytes.buffer, bytes.byteOffset + 4 * k * n * p, n * p),
}));
const fewRows = Int32Array.from({ length: few }, (_, i) => i);
const OPTIONS = { distance: "correlation", width: 0.5, share: 0.99, alpha: 0.5, batch: 64, folds: 5, seed: 1 };

function tableOfFew(measure, comparison = "spearman") {
  const table = product.pairTable(
    measure,
    layers.map((values) => ({ values })),
    fewRows,
    { ...OPTIONS, comparison },
  );
  let first = 0;
  for (let a = 0; a < count; a++)
    for (let b = a; b < count; b++) {
      const value = table.value(a, b);
      if (a === 0 && b === 1) first = value;
    }
  return { table, first };
}

const TASKS = {
  /** Debiased CKA of two layers, or of all, with the standard error of each by leaving out items, or without. */
  cka(which, single, interval) {
    const used = which === "pair" ? layers.slice(0, 2) : layers;
    const sums = product.allPairSums(used, { single, byItem: interval ? "some" : "none" });
    const own = used.map((_, a) => sums.at(a, a));
    let first = {};
    for (let a = 0; a < used.length; a++)
      for (let b = a; b < used.length; b++) {
        const triple = [a === b ? own[a] : sums.at(a, b), own[a], own[b]];
        const value = product.ckaOf("debiased", ...triple);
        const error = interval
          ? product.jackknifeInterval(value, product.ckaWithoutEach("debiased", ...triple), { of: n }).standardError
          : null;
        if (a === 0 && b === 1) first = { value, error };
      }
    return first;
  },
  few: (measure, comparison) => ({ value: tableOfFew(measure, comparison).first }),
  shuffles(draws) {
    const { table } = tableOfFew("rsa");
    for (const order of product.ordersOf(few, draws, 1)) table.shuffledAll(order);
    return { value: null };
  },
};

await serveLines({
  info: () => ({ node: process.versions.node, kernels: report, switches, memory: process.memoryUsage().rss }),
  ...Object.fromEntries(
    Object.entries(TASKS).map(([task, run]) => [
      task,
      (question) => {
        const [start, used] = [performance.now(), process.cpuUsage()];
        const { value, error = null } = run(...question.arguments);
        const { user, system } = process.cpuUsage(used);
        return {
          seconds: (performance.now() - start) / 1000,
          processor: (user + system) / 1e6,
          value,
          error_of_value: error,
          peak: process.resourceUsage().maxRSS * 1024,
        };
      },
    ]),
  ),
});
