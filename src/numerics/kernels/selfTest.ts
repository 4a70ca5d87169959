import { fillPanels, PANEL_WIDTH, paddedColumns, paddedRows, panelLength } from "./panels.ts";
import type { Block, Block64, Kernels, WidenedDtype } from "./types.ts";

type Values = Float32Array | Float64Array;
type Shape = readonly [rows: number, columns: number];
type Filled = (values: Values) => void;

/** Odd sizes: every edge of a register tile, both sides of the unrolled loops, none a multiple of a vector. */
const M = 23;
const N = 19;
const K = 37;
const BYTES = 1_000_000;
const DTYPES: readonly WidenedDtype[] = ["f16", "bf16", "f8_e4m3", "f8_e5m2", "f8_e4m3fnuz", "f8_e5m2fnuz", "i8", "u8"];

/**
 * Runs every kernel on small odd-sized operands in both sets and compares. Returns what is wrong with `kernels`, or undefined. It guards against
 * engines that accept instructions and miscompile them (experimental compiler passes above all), so it must touch every loop of every kernel.
 */
export function selfTest(kernels: Kernels, oracle: Kernels): string | undefined {
  for (const [name, tolerance, run] of CASES) {
    const got = kernels.memory.scope(BYTES, () => run(kernels));
    const expected = oracle.memory.scope(BYTES, () => run(oracle));
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs((got[i] as number) - (expected[i] as number));
      if (!(error <= tolerance * (1 + Math.abs(expected[i] as number)))) {
        return `${name} differs from its plain twin: ${got[i]} instead of ${expected[i]}`;
      }
    }
  }
  return undefined;
}

/** A fixed, aperiodic sequence in (−1, 1). */
function sequence(): Filled {
  let state = 1;
  return (values) => {
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      values[i] = state / 2 ** 31;
    }
  };
}

function block64(kernels: Kernels, [rows, columns]: Shape, fill: Filled): Block64 {
  const stride = columns + 3;
  const data = kernels.memory.float64(rows * stride);
  fill(data);
  return { data, rows, columns, stride };
}

function block32(kernels: Kernels, [rows, columns]: Shape, fill: Filled): Block<Float32Array> {
  const stride = columns + 3;
  const data = kernels.memory.float32(rows * stride);
  fill(data);
  return { data, rows, columns, stride };
}

function vector(kernels: Kernels, length: number, fill: Filled): Float64Array {
  const data = kernels.memory.float64(length);
  fill(data);
  return data;
}

const BOTH = [false, true];
/** Of products with panels: whether the matrix is float32, and whether the sums are. */
const PANEL_KINDS: readonly (readonly [boolean, boolean])[] = [
  [true, true],
  [true, false],
  [false, false],
];

type Case = readonly [name: string, tolerance: number, run: (kernels: Kernels) => Values];

const CASES: readonly Case[] = [
  ...BOTH.flatMap((transposeA) =>
    BOTH.flatMap((transposeB): Case[] => {
      const options = { transposeA, transposeB, alpha: 0.75, beta: -0.5 };
      const left: Shape = transposeA ? [K, M] : [M, K];
      const right: Shape = transposeB ? [N, K] : [K, N];
      return [
        [
          "gemm64",
          1e-12,
          (kernels) => {
            const fill = sequence();
            const c = block64(kernels, [M, N], fill);
            kernels.gemm64(c, block64(kernels, left, fill), block64(kernels, right, fill), options);
            return c.data.slice();
          },
        ],
        [
          "gemm32",
          1e-4,
          (kernels) => {
            const fill = sequence();
            const c = block32(kernels, [M, N], fill);
            kernels.gemm32(c, block32(kernels, left, fill), block32(kernels, right, fill), options);
            return c.data.slice();
          },
        ],
      ];
    }),
  ),
  ...BOTH.flatMap((transposeA) =>
    [block32, block64].map(
      (make): Case => [
        "syrk64",
        1e-12,
        (kernels) => {
          const fill = sequence();
          const c = block64(kernels, [M, M], fill);
          kernels.syrk64(c, transposeA ? make(kernels, [K, M], fill) : make(kernels, [M, K], fill), {
            transposeA,
            beta: 2,
          });
          return c.data.slice();
        },
      ],
    ),
  ),
  ...BOTH.map(
    (byRows): Case => [
      "syr2k64",
      1e-12,
      (kernels) => {
        const fill = sequence();
        const c = block64(kernels, [M, M], fill);
        const shape: Shape = byRows ? [7, M] : [M, 7];
        kernels.syr2k64(c, block64(kernels, shape, fill), block64(kernels, shape, fill), byRows);
        return c.data.slice();
      },
    ],
  ),
  [
    "tridiagonalPanel64",
    1e-11,
    (kernels) => {
      const fill = sequence();
      const a = block64(kernels, [M, M], fill);
      const [v, w] = [block64(kernels, [5, M], fill), block64(kernels, [5, M], fill)];
      const [diagonal, subdiagonal, taus] = [M, M, M].map((length) => kernels.memory.float64(length)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      kernels.tridiagonalPanel64(a, 3, v, w, { diagonal, subdiagonal, taus });
      return Float64Array.of(...a.data, ...v.data, ...w.data, ...diagonal, ...subdiagonal, ...taus);
    },
  ],
  [
    "symm64",
    1e-12,
    (kernels) => {
      const fill = sequence();
      const c = block64(kernels, [M, N], fill);
      kernels.symm64(c, block64(kernels, [M, M], fill), block64(kernels, [M, N], fill));
      return c.data.slice();
    },
  ],
  [
    "symv64",
    1e-12,
    (kernels) => {
      const fill = sequence();
      const y = vector(kernels, M, fill);
      kernels.symv64(y, block64(kernels, [M, M], fill), vector(kernels, M, fill));
      return y.slice();
    },
  ],
  ...BOTH.flatMap((transposeA): Case[] => [
    [
      "gemv64",
      1e-12,
      (kernels) => {
        const fill = sequence();
        const y = vector(kernels, transposeA ? N : M, fill);
        const x = vector(kernels, transposeA ? M : N, fill);
        kernels.gemv64(y, block64(kernels, [M, N], fill), x, { transposeA, alpha: -2, beta: 0.5 });
        return y.slice();
      },
    ],
    [
      "gemv32",
      1e-12,
      (kernels) => {
        const fill = sequence();
        const y = vector(kernels, transposeA ? N : M, fill);
        const x = vector(kernels, transposeA ? M : N, fill);
        kernels.gemv32(y, block32(kernels, [M, N], fill), x, { transposeA, alpha: -2, beta: 0.5 });
        return y.slice();
      },
    ],
  ]),
  ...PANEL_KINDS.map(
    ([single, singleSums]): Case => [
      "gramPanels",
      singleSums ? 1e-4 : 1e-12,
      (kernels) => {
        const { memory } = kernels;
        const fill = sequence();
        const source = { rows: K, columns: M, data: new Float64Array(K * M) };
        fill(source.data);
        const size = panelLength(K, M);
        const panels = fillPanels(single ? memory.float32(size) : memory.float64(size), source, 1, false);
        const vectors = paddedColumns(M) * PANEL_WIDTH;
        const make = (length: number) => (singleSums ? memory.float32(length) : memory.float64(length));
        const [x, y, images] = [make(vectors), make(vectors), make(paddedRows(K) * PANEL_WIDTH)];
        fill(x);
        fill(y);
        kernels.gramPanels(y, panels, x, images);
        kernels.gramPanels(y, panels, x);
        return Float64Array.of(...y, ...images);
      },
    ],
  ),
  ...BOTH.flatMap((down) =>
    [block32, block64].map(
      (make, single): Case => [
        "pairSums",
        single === 0 ? 1e-4 : 1e-12,
        (kernels) => {
          const fill = sequence();
          const sums = block64(kernels, [10, down ? N : M], fill);
          kernels.pairSums(sums, make(kernels, [4 * M, N], fill), 4, down);
          return sums.data.slice();
        },
      ],
    ),
  ),
  [
    "bandToTridiagonal64",
    1e-11,
    (kernels) => {
      const band = vector(kernels, K * 6, sequence());
      const diagonal = kernels.memory.float64(K);
      const subdiagonal = kernels.memory.float64(K - 1);
      kernels.bandToTridiagonal64(diagonal, subdiagonal, band, 5);
      return Float64Array.of(...diagonal, ...subdiagonal);
    },
  ],
  ...BOTH.map(
    (pivoted): Case => [
      "qr64",
      1e-11,
      (kernels) => {
        const { memory } = kernels;
        const fill = sequence();
        const [a, c] = [block64(kernels, [M, N], fill), block64(kernels, [M, 7], fill)];
        const [taus, pivots] = [memory.float64(N), memory.float64(N)];
        kernels.qr64(a, taus, pivoted ? pivots : undefined);
        kernels.applyQ64(c, a, taus, true);
        const turned = c.data.slice();
        kernels.applyQ64(c, a, taus);
        return Float64Array.of(...a.data, ...taus, ...pivots, ...turned, ...c.data);
      },
    ],
  ),
  [
    "jacobiSweep64",
    1e-11,
    (kernels) => {
      const fill = sequence();
      const [a, companion] = [block64(kernels, [N, M], fill), block64(kernels, [N, 5], fill)];
      const exponents = vector(kernels, N, fill).map((_, i) => ((i * 7) % 5) - 300 * (i % 3));
      const scales = kernels.memory.float64(N);
      scales.set(exponents);
      const first = kernels.jacobiSweep64(a, scales, 1e-3, companion);
      const second = kernels.jacobiSweep64(a, scales, 0);
      return Float64Array.of(...a.data, ...companion.data, first, second);
    },
  ],
  ...(["i8", "u8"] as const).map(
    (dtype): Case => [
      "widenAffine",
      0,
      (kernels) => {
        const [out, source] = [kernels.memory.float32(259), kernels.memory.bytes(259)];
        for (let i = 0; i < source.length; i++) source[i] = i * 37;
        kernels.widenAffine(out, dtype, source, { scale: 0.1, offset: -3.3 });
        return out.slice();
      },
    ],
  ),
  ...DTYPES.map(
    (dtype): Case => [
      `widen ${dtype}`,
      0,
      (kernels) => {
        const out = kernels.memory.float32(259);
        const source = kernels.memory.bytes(dtype === "f16" || dtype === "bf16" ? 518 : 259);
        // Finite patterns only: an exponent of ones, and the NaN in the place of −0, are left to the unit tests.
        for (let i = 0; i < source.length; i++) source[i] = ((i * 37) & 0xbb) | 1;
        kernels.widen(out, dtype, source);
        return out.slice();
      },
    ],
  ),
];
