import { describe, expect, test } from "vitest";
import { block, entry, ROOM, random, SETS } from "./kernels.testkit.ts";
import type { Block, Kernels } from "./types.ts";

const SHAPES = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [5, 4, 3],
  [6, 8, 4],
  [7, 9, 5],
  [13, 17, 31],
  [61, 47, 259],
  [125, 33, 12],
  [11, 1029, 7],
] as const;
const SCALARS = [
  [1, 0],
  [-0.5, 1],
  [2, 0.25],
  [0, 3],
] as const;
const BOTH = [false, true];

type Values = Float32Array | Float64Array;

function naive(
  c: Block<Values>,
  i: number,
  j: number,
  depth: number,
  left: (p: number) => number,
  right: (p: number) => number,
  alpha: number,
  beta: number,
): number {
  let sum = 0;
  for (let p = 0; p < depth; p++) sum += left(p) * right(p);
  return alpha * sum + (beta === 0 ? 0 : beta * entry(c, i, j));
}

/** Compares C with `expected`; elements for which it is undefined, and those between rows, must be as before. */
function compare(
  c: Block<Values>,
  before: Values,
  expected: (i: number, j: number) => number | undefined,
  tolerance: number,
): void {
  for (let at = 0; at < c.data.length; at++) {
    const [i, j] = [Math.floor(at / c.stride), at % c.stride];
    const want = i < c.rows && j < c.columns ? expected(i, j) : undefined;
    const got = c.data[at] as number;
    const wrong = want === undefined ? !Object.is(got, before[at]) : !(Math.abs(got - want) <= tolerance);
    if (wrong) expect.fail(`element (${i}, ${j}) is ${got}, not ${want ?? before[at]}`);
  }
}

function eachProduct(
  run: (
    shape: readonly [number, number, number],
    transposeA: boolean,
    transposeB: boolean,
    alpha: number,
    beta: number,
    seed: number,
  ) => void,
): void {
  let seed = 1;
  for (const shape of SHAPES) {
    for (const transposeA of BOTH) {
      for (const transposeB of BOTH)
        for (const [alpha, beta] of SCALARS) run(shape, transposeA, transposeB, alpha, beta, seed++);
    }
  }
}

test("all three sets are here to be compared", () => {
  expect(SETS.map(({ name }) => name)).toEqual(["wide", "multiply-add", "simd", "plain"]);
});

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels: Kernels) => {
  const { memory } = kernels;

  test.each([
    ["gemm64", 1e-12],
    ["gemm32", 1e-3],
  ] as const)("%s", (kernel, tolerance) => {
    eachProduct(([m, n, k], transposeA, transposeB, alpha, beta, seed) => {
      memory.scope(ROOM, () => {
        const next = random(seed);
        const options = { transposeA, transposeB, alpha, beta };
        const shapes: readonly (readonly [number, number])[] = [
          [m, n],
          transposeA ? [k, m] : [m, k],
          transposeB ? [n, k] : [k, n],
        ] as const;
        const spare = seed % 4;
        const make = <Data extends Values>(allocate: (length: number) => Data) =>
          shapes.map((shape) => block(allocate(shape[0] * (shape[1] + spare)), shape, spare, next)) as [
            Block<Data>,
            Block<Data>,
            Block<Data>,
          ];
        const run = ([c, a, b]: [Block<Values>, Block<Values>, Block<Values>], call: () => void) => {
          if (beta === 0) c.data.fill(Number.NaN);
          const before = c.data.slice();
          call();
          const old = { ...c, data: before };
          compare(
            c,
            before,
            (i, j) =>
              naive(
                old,
                i,
                j,
                k,
                (p) => entry(a, i, p, transposeA),
                (p) => entry(b, p, j, transposeB),
                alpha,
                beta,
              ),
            tolerance,
          );
        };
        if (kernel === "gemm64") {
          const operands = make((length) => memory.float64(length));
          run(operands, () => kernels.gemm64(...operands, options));
        } else {
          const operands = make((length) => memory.float32(length));
          run(operands, () => kernels.gemm32(...operands, options));
        }
      });
    });
  });

  test.each(["float64", "float32"] as const)("syrk64 of %s touches the lower triangle only", (type) => {
    eachProduct(([m, , k], transposeA, wide, alpha, beta, seed) => {
      memory.scope(ROOM, () => {
        const next = random(seed);
        const n = wide ? m * 3 : m;
        const shape = transposeA ? ([k, n] as const) : ([n, k] as const);
        const c = block(memory.float64(n * (n + 2)), [n, n], 2, next);
        const length = shape[0] * (shape[1] + 1);
        const a =
          type === "float64"
            ? block(memory.float64(length), shape, 1, next)
            : block(memory.float32(length), shape, 1, next);
        if (beta === 0) c.data.fill(Number.NaN);
        const before = c.data.slice();
        kernels.syrk64(c, a, { transposeA, alpha, beta });
        const old = { ...c, data: before };
        compare(
          c,
          before,
          (i, j) =>
            j > i
              ? undefined
              : naive(
                  old,
                  i,
                  j,
                  k,
                  (p) => entry(a, i, p, transposeA),
                  (p) => entry(a, j, p, transposeA),
                  alpha,
                  beta,
                ),
          1e-12,
        );
      });
    });
  });

  test.each([
    [1, 1],
    [2, 5],
    [13, 4],
    [131, 32],
    [77, 150],
    [1031, 3],
  ])("syr2k64, n = %i, k = %i", (n, k) => {
    memory.scope(ROOM, () => {
      const next = random(n);
      const c = block(memory.float64(n * (n + 3)), [n, n], 3, next);
      const v = block(memory.float64(n * (k + 1)), [n, k], 1, next);
      const w = block(memory.float64(n * (k + 2)), [n, k], 2, next);
      const before = c.data.slice();
      kernels.syr2k64(c, v, w);
      const old = { ...c, data: before };
      compare(
        c,
        before,
        (i, j) => {
          if (j > i) return undefined;
          const half = naive(
            old,
            i,
            j,
            k,
            (p) => entry(v, i, p),
            (p) => entry(w, j, p),
            -1,
            1,
          );
          return (
            half +
            naive(
              old,
              i,
              j,
              k,
              (p) => entry(w, i, p),
              (p) => entry(v, j, p),
              -1,
              0,
            )
          );
        },
        1e-12,
      );
    });
  });

  test.each([
    [1, 1],
    [4, 3],
    [31, 9],
    [263, 7],
    [301, 33],
  ])("symm64 and symv64 read the lower triangle, n = %i, %i columns", (n, columns) => {
    memory.scope(ROOM, () => {
      const next = random(n);
      const a = block(memory.float64(n * (n + 1)), [n, n], 1, next);
      const symmetric = (i: number, j: number) => entry(a, Math.max(i, j), Math.min(i, j));
      for (let i = 0; i < n; i++) a.data.fill(Number.NaN, i * a.stride + i + 1, (i + 1) * a.stride);
      const b = block(memory.float64(n * (columns + 2)), [n, columns], 2, next);
      const c = block(memory.float64(n * (columns + 1)), [n, columns], 1, next);
      const before = c.data.slice();
      kernels.symm64(c, a, b);
      compare(
        c,
        before,
        (i, j) =>
          naive(
            c,
            i,
            j,
            n,
            (p) => symmetric(i, p),
            (p) => entry(b, p, j),
            1,
            0,
          ),
        1e-11,
      );
      const x = block(memory.float64(n), [n, 1], 0, next).data;
      const y = memory.float64(n).fill(Number.NaN);
      kernels.symv64(y, a, x);
      const vector = { data: y, rows: n, columns: 1, stride: 1 };
      compare(
        vector,
        y.slice(),
        (i) =>
          naive(
            vector,
            i,
            0,
            n,
            (p) => symmetric(i, p),
            (p) => x[p] as number,
            1,
            0,
          ),
        1e-11,
      );
    });
  });

  test.each(["gemv64", "gemv32"] as const)("%s", (kernel) => {
    eachProduct(([m, n], transposeA, _, alpha, beta, seed) => {
      memory.scope(ROOM, () => {
        const next = random(seed);
        const [rows, depth] = transposeA ? [n, m] : [m, n];
        const x = block(memory.float64(depth), [depth, 1], 0, next).data;
        const y = block(memory.float64(rows), [rows, 1], 0, next);
        if (beta === 0) y.data.fill(Number.NaN);
        const before = y.data.slice();
        const options = { transposeA, alpha, beta };
        const check = (a: Block<Values>) => {
          const old = { ...y, data: before };
          compare(
            y,
            before,
            (i) =>
              naive(
                old,
                i,
                0,
                depth,
                (p) => entry(a, i, p, transposeA),
                (p) => x[p] as number,
                alpha,
                beta,
              ),
            1e-12,
          );
        };
        if (kernel === "gemv64") {
          const a = block(memory.float64(m * (n + 3)), [m, n], 3, next);
          kernels.gemv64(y.data, a, x, options);
          check(a);
        } else {
          const a = block(memory.float32(m * (n + 3)), [m, n], 3, next);
          kernels.gemv32(y.data, a, x, options);
          check(a);
        }
      });
    });
  });
});
