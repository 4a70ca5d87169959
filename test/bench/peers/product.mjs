// ModeScope's own numerics behind one line of JSON for each question. product.mjs BUNDLE DIST THREADS: what lib/bundle.mjs built and ships, and how
// many threads one matrix may have.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { defects } from "./accuracy.mjs";
import { serveLines } from "./serveLines.mjs";

const [bundle, dist, threads] = process.argv.slice(2);
const product = await import(bundle);
// As the compute process does before it compiles kernels.
const switches = product.enableWideVectors();
if (Number(threads) > 1) {
  product.useThreads({
    most: Number(threads) - 1,
    allowed: () => Number(threads),
    start: (helper) => void new Worker(join(dist, "worker.cjs"), { workerData: { helper } }).unref(),
    lost: () => process.exit(1),
  });
}
// As a worker does before it opens a file.
product.useKernelWidening();
let report;
const kernels = product.loadKernels({
  onReport: (known) => {
    report = known;
  },
});
const loaded = { path: "", matrix: undefined };

function matrixOf({ path, rows, columns }) {
  if (loaded.path !== path) {
    const bytes = readFileSync(path);
    loaded.path = path;
    loaded.matrix = { rows, columns, data: new Float32Array(bytes.buffer, bytes.byteOffset, rows * columns) };
  }
  return loaded.matrix;
}

/** Seconds of one run, on average over `repeats` in a row: what takes microseconds is not told from the clock's grain and the first run's chill. */
function timed(run, repeats = 1) {
  const start = performance.now();
  let result = run();
  for (let again = 1; again < repeats; again++) result = run();
  return { seconds: (performance.now() - start) / 1000 / repeats, result };
}

/** Nobody cancels, nobody looks. */
const WATCH = { cancel: { cancelled: false, throwIfCancelled() {} }, progress() {} };

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The largest of ‖Av − σu‖ and ‖Aᵀu − σv‖ over the triplets, in units of σ₁: computed anew, in float64. */
function residualOf({ rows, columns, data }, { values, left, right }) {
  let worst = 0;
  for (const [k, sigma] of values.entries()) {
    const [u, v] = [left[k], right[k]];
    const back = new Float64Array(columns);
    let square = 0;
    for (let i = 0; i < rows; i++) {
      let dot = 0;
      for (let j = 0, at = i * columns; j < columns; j++, at++) {
        dot += data[at] * v[j];
        back[j] += data[at] * u[i];
      }
      square += (dot - sigma * u[i]) ** 2;
    }
    const other = back.reduce((total, value, j) => total + (value - sigma * v[j]) ** 2, 0);
    worst = Math.max(worst, Math.sqrt(square), Math.sqrt(other));
  }
  return worst / values[0];
}

await serveLines({
  info: () => ({
    node: process.versions.node,
    v8: process.versions.v8,
    kernels: report,
    switches,
    threads: Number(threads),
  }),

  values(question) {
    const matrix = matrixOf(question);
    const { seconds, result } = timed(() => product.exactSingularValues(matrix), question.repeats);
    return { seconds, top: result.values[0], sum: sum(result.values), method: result.method };
  },

  /** On a float64 file: the values by the default route, and the thin SVD with its defects. */
  accuracy({ path, rows, columns }) {
    const bytes = readFileSync(path);
    const matrix = { rows, columns, data: new Float64Array(bytes.buffer, bytes.byteOffset, rows * columns) };
    const { values, method } = product.exactSingularValues(matrix);
    const scale = product.powerOfTwo(product.largestMagnitude(matrix.data));
    return kernels.memory.scope(8 * rows * columns + product.thinSvdBytes(rows, columns), () => {
      const svd = product.thinSvd(kernels, product.scaled(kernels, matrix, scale), WATCH);
      const vectorValues = Array.from(svd.values, (value) => value * scale);
      // The defects are relative to σ₁ and of order one: looked at in the scaled matrix, where nothing overflows.
      const unit = { rows, columns, data: matrix.data.map((value) => value / scale) };
      return { values: Array.from(values), method, vectorValues, ...defects(unit, svd) };
    });
  },

  vectors(question) {
    const matrix = matrixOf(question);
    const { rows, columns, data } = matrix;
    const { seconds, result } = timed(
      () =>
        kernels.memory.scope(8 * rows * columns + product.thinSvdBytes(rows, columns), () => {
          const scale = product.powerOfTwo(product.largestMagnitude(data));
          const { values } = product.thinSvd(kernels, product.scaled(kernels, matrix, scale), WATCH);
          return values.map((value) => value * scale);
        }),
      question.repeats,
    );
    return { seconds, top: result[0], sum: sum(result) };
  },

  top(question) {
    const matrix = matrixOf(question);
    const { seconds, result } = timed(() =>
      product.topTriplets(matrix, question.k, { tolerance: question.tolerance, seed: 1 }),
    );
    return { seconds, top: result.values[0], converged: result.converged, residual: residualOf(matrix, result) };
  },

  density(question) {
    const matrix = matrixOf(question);
    const { seconds, result } = timed(() => product.spectralEstimates(matrix, 1));
    return { seconds, sum: result.nuclearNorm.value, standardError: result.nuclearNorm.standardError };
  },

  convert({ path, dtype }) {
    const bytes = new Uint8Array(readFileSync(path));
    const { seconds, result } = timed(() => product.decodeElements(bytes, dtype));
    return { seconds, elements: result.length };
  },
});
