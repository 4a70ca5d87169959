import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allPairSums } from "../../similarity/allPairSums.ts";
import { exactSingularValues } from "../../svd/singularValues.ts";
import { topTriplets } from "../../svd/topTriplets.ts";
import { random } from "../kernels.testkit.ts";
import { loadKernels, useThreads } from "../load.ts";
import { fillPanels, PANEL_WIDTH, paddedColumns, paddedRows, panelLength } from "../panels.ts";
import type { Block64, Kernels } from "../types.ts";

const workers: Worker[] = [];
let allowed = 1;
let lost = 0;
let code = "";
/** As many threads have joined in before. */
let warm = 1;

beforeAll(async () => {
  const bundle = async (contents: string) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" },
      bundle: true,
      write: false,
      platform: "node",
      format: "cjs",
      target: "node20",
    });
    return outputFiles[0]?.text ?? "";
  };
  code = await bundle(
    'import { workerData } from "node:worker_threads"; import { runHelper } from "./helper.ts"; runHelper(workerData);',
  );
  useThreads({
    most: 2,
    allowed: () => allowed,
    start(helper) {
      const worker = new Worker(code, { eval: true, workerData: helper });
      worker.on("error", () => undefined);
      workers.push(worker);
    },
    lost: () => void lost++,
  });
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
});

/** Runs `body` until the helpers have joined in: they start when they are first wanted. */
async function withThreads<T>(threads: number, body: () => T): Promise<T> {
  allowed = threads;
  for (let turn = 0; turn < 60 && threads > warm; turn++) {
    body();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  warm = Math.max(warm, threads);
  return body();
}

function filled(data: Float64Array, seed: number): Float64Array {
  const next = random(seed);
  for (let i = 0; i < data.length; i++) data[i] = next();
  return data;
}

function square(kernels: Kernels, n: number, seed: number): Block64 {
  return { data: filled(kernels.memory.float64(n * n), seed), rows: n, columns: n, stride: n };
}

const TASKS: Record<string, (kernels: Kernels) => Float64Array> = {
  "gemm64 by rows": (kernels) => {
    const [a, b, c] = [square(kernels, 251, 1), square(kernels, 251, 2), square(kernels, 251, 3)];
    kernels.gemm64(c, a, b, { transposeA: true, beta: 0.5, alpha: 2 });
    return c.data.slice();
  },
  "gemm64 by columns": (kernels) => {
    const [a, b, c] = [square(kernels, 400, 1), square(kernels, 400, 2), square(kernels, 400, 3)];
    kernels.gemm64({ ...c, rows: 40 }, { ...a, rows: 40 }, b, { transposeB: true });
    return c.data.slice();
  },
  syrk64: (kernels) => {
    const [a, c] = [square(kernels, 307, 1), square(kernels, 307, 2)];
    kernels.syrk64(c, a, { beta: 1 });
    return c.data.slice();
  },
  syr2k64: (kernels) => {
    const [a, b, c] = [square(kernels, 307, 1), square(kernels, 307, 2), square(kernels, 307, 3)];
    kernels.syr2k64(c, { ...a, columns: 61 }, { ...b, columns: 61 });
    return c.data.slice();
  },
  symm64: (kernels) => {
    const [a, b, c] = [square(kernels, 307, 1), square(kernels, 307, 2), square(kernels, 307, 3)];
    kernels.symm64({ ...c, columns: 50 }, a, { ...b, columns: 50 });
    return c.data.slice();
  },
  ...Object.fromEntries(
    [false, true].map((down) => [
      `pairSums ${down ? "down" : "along"}`,
      (kernels: Kernels) => {
        const [rows, columns] = [250, 301];
        const data = kernels.memory.float32(8 * rows * columns);
        data.set(filled(new Float64Array(data.length), 4));
        const length = down ? columns : rows;
        const sums = { data: kernels.memory.float64(36 * length), rows: 36, columns: length, stride: length };
        kernels.pairSums(sums, { data, rows: 8 * rows, columns, stride: columns }, 8, down);
        return sums.data.slice();
      },
    ]),
  ),
  gramPanels: (kernels) => {
    const [rows, columns] = [500, 301];
    const { memory } = kernels;
    const data = new Float32Array(filled(new Float64Array(rows * columns), 4));
    const panels = fillPanels(memory.float32(panelLength(rows, columns)), { rows, columns, data }, 1, false);
    const vectors = paddedColumns(columns) * PANEL_WIDTH;
    const [x, y] = [filled(memory.float64(vectors), 5), memory.float64(vectors)];
    const images = memory.float64(paddedRows(rows) * PANEL_WIDTH);
    kernels.gramPanels(y, panels, x, images);
    return Float64Array.of(...y, ...images);
  },
};

describe("calls shared by threads", () => {
  test.each(Object.entries(TASKS))("%s gives the same with one, two and three threads", async (_name, task) => {
    const kernels = loadKernels();
    expect(kernels.name).not.toBe("plain");
    const run = () => kernels.memory.scope(8_000_000, () => task(kernels));
    const alone = await withThreads(1, run);
    for (const threads of [2, 3]) {
      const shared = await withThreads(threads, run);
      expect(workers.length).toBeGreaterThanOrEqual(threads - 1);
      for (const [i, value] of alone.entries()) {
        if (Math.abs((shared[i] as number) - value) > 1e-11 * (1 + Math.abs(value)))
          expect.fail(`element ${i} is ${shared[i]}, not ${value}`);
      }
    }
  });

  test("singular values and leading triplets do not depend on the number of threads", async () => {
    const next = random(9);
    const data = Float32Array.from({ length: 420 * 500 }, next);
    const matrix = { rows: 420, columns: 500, data };
    const results = [];
    for (const threads of [1, 2, 3]) {
      allowed = threads;
      results.push({
        all: exactSingularValues(matrix).values,
        top: topTriplets(matrix, 5, { route: "krylov" }).values,
      });
    }
    const [one, ...more] = results;
    for (const { all, top } of more) {
      for (const [i, value] of all.entries()) expect(Math.abs(value - (one?.all[i] as number))).toBeLessThan(1e-11);
      for (const [i, value] of top.entries()) expect(Math.abs(value - (one?.top[i] as number))).toBeLessThan(1e-9);
    }
  });

  test.each(["tiles", "dimensions"] as const)("tables of CKA by %s have the same bits", async (route) => {
    const next = random(5);
    const layers = [90, 130, 40].map((columns) => ({
      rows: 700,
      columns,
      data: Float32Array.from({ length: 700 * columns }, next),
    }));
    for (const single of [true, false]) {
      const results = [];
      for (const threads of [1, 2, 3])
        results.push(
          await withThreads(threads, () => {
            const all = allPairSums(layers, { route, single });
            return [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => all.at(a, b)));
          }),
        );
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    }
  });

  test("a helper that fails is told, not waited for", async () => {
    useThreads({
      most: 1,
      allowed: () => allowed,
      start(helper) {
        // A workspace beyond the memory's end traps at the first share.
        const worker = new Worker(code, { eval: true, workerData: { ...helper, workspace: 2 ** 32 - 65536 } });
        worker.on("error", () => undefined);
        workers.push(worker);
      },
      lost: () => void lost++,
    });
    warm = 1;
    const kernels = loadKernels();
    const task = TASKS["gemm64 by rows"] as (kernels: Kernels) => Float64Array;
    const run = () => kernels.memory.scope(8_000_000, () => task(kernels));
    await expect(withThreads(2, run)).rejects.toThrow(/helper thread/);
    expect(lost).toBe(1);
  });
});
