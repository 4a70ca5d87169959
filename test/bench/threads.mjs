// What a second thread brings inside one matrix: node test/bench/threads.mjs [rounds]. One process, one thread and all of them in turn within each round,
// so that other programs slow both; the product of two matrices says what the machine itself can give. Prints a table; asserts nothing.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { buildShipped, bundleProduct } from "./lib/bundle.mjs";
import { median } from "./lib/statistics.mjs";

const rounds = Number(process.argv[2] ?? 7);
const product = await import(await bundleProduct());
const dist = await buildShipped();
product.enableWideVectors();
let allowed = 1;
product.useThreads({
  most: availableParallelism() - 1,
  allowed: () => allowed,
  start: (helper) => void new Worker(join(dist, "worker.cjs"), { workerData: { helper } }).unref(),
  lost: () => process.exit(1),
});
const kernels = product.loadKernels();

let state = 1;
const noise = () => {
  let sum = 0;
  for (let k = 0; k < 4; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    sum += state / 2 ** 31;
  }
  return sum;
};
const matrix = (rows, columns) => ({ rows, columns, data: Float32Array.from({ length: rows * columns }, noise) });

/** C = A·B in float64: no better split exists. */
function multiply(n) {
  return kernels.memory.scope(24 * n * n + 4096, () => {
    const [a, b, c] = [0, 0, 0].map(() => ({
      data: kernels.memory.float64(n * n).fill(0.5),
      rows: n,
      columns: n,
      stride: n,
    }));
    // Filling is not what is measured.
    const start = performance.now();
    kernels.gemm64(c, a, b);
    return performance.now() - start;
  });
}

const timed = (run) => () => {
  const start = performance.now();
  run();
  return performance.now() - start;
};
const values = (rows, columns) => {
  const given = matrix(rows, columns);
  return timed(() => product.exactSingularValues(given, { route: "gram", kernels }));
};
const vectors = (n) => {
  const given = matrix(n, n);
  const watch = { cancel: { cancelled: false, throwIfCancelled() {} }, progress() {} };
  return timed(() =>
    kernels.memory.scope(8 * n * n + product.thinSvdBytes(n, n), () =>
      product.thinSvd(kernels, product.scaled(kernels, given, 1), watch),
    ),
  );
};
const leading = (rows, columns) => {
  const given = matrix(rows, columns);
  return timed(() => product.topTriplets(given, 32, { tolerance: 1e-3, kernels, route: "krylov" }));
};
const TASKS = {
  "product of two 1024×1024": () => multiply(1024),
  "values, 768×768": values(768, 768),
  "values, 1024×4096": values(1024, 4096),
  "values, 2048×2048": values(2048, 2048),
  "values, 3072×3072": values(3072, 3072),
  "thin SVD, 1024×1024": vectors(1024),
  "top 32, 2048×4096": leading(2048, 4096),
};

// Helpers are asleep until they are wanted, and take part once they are awake.
allowed = availableParallelism();
for (let k = 0; k < 20; k++) {
  multiply(512);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const table = {};
for (const [name, run] of Object.entries(TASKS)) {
  const [one, all, ratios] = [[], [], []];
  for (let round = 0; round <= rounds; round++) {
    allowed = 1;
    const alone = run();
    allowed = availableParallelism();
    const together = run();
    // The first warms up.
    if (round === 0) continue;
    one.push(alone);
    all.push(together);
    ratios.push(alone / together);
  }
  table[name] = {
    "one thread, ms": median(one).toFixed(1),
    "all threads, ms": median(all).toFixed(1),
    "gain, median of rounds": median(ratios).toFixed(2),
  };
}
console.log(`${kernels.name}, ${availableParallelism()} threads, ${rounds} rounds`);
console.table(table);
process.exit(0);
