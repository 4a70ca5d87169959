import type { DenseMatrix } from "../numerics/dense.ts";
import { minimumNormResidual } from "../numerics/learning/induction.ts";
import { type JointEmbedding, jointEmbedding } from "../numerics/learning/jointEmbedding.ts";
import { chainProduct } from "../numerics/learning/linearChain.ts";
import { transposed } from "./modes.ts";
import type { DataTable, Moment, Withheld } from "./types.ts";

export interface Semantics {
  /** Number of weight matrices below the hidden layer that is looked at. */
  readonly layer: number;
  /** Items that are followed, by index: all, or evenly spaced ones of a long table. */
  readonly items: readonly number[];
  readonly properties: readonly number[];
  readonly embedding: JointEmbedding;
  /** h_iᵀh_j of the items' and of the properties' hidden vectors at each checkpoint, T × P × P: what projections are read from. */
  readonly itemProducts: Float32Array<ArrayBuffer>;
  readonly propertyProducts: Float32Array<ArrayBuffer>;
  /** Fingerprint of minimum norm at each checkpoint, or why there is none. */
  readonly minimumNorm: readonly number[] | Withheld;
}

/** T·P² numbers: what a panel holds at once. */
const MAX_PRODUCTS = 3e6;
const MAX_POINTS = 20_000;

/** Hidden vectors of items and properties at every checkpoint: where they stand to each other, and what is carried from one to another. */
export function semanticsOf(moments: readonly Moment[], data: DataTable, layer: number): Semantics | Withheld {
  const depth = moments[0]!.layers.length;
  if (depth < 2) return { reason: "There is no hidden layer: the network is one matrix." };
  const t = moments.length;
  const at = Math.min(Math.max(1, layer), depth - 1);
  const [items, properties] = [data.y.columns, data.y.rows].map((count) => spread(count, affordable(t)));
  const hidden = moments.map(({ layers }) => {
    const below = chainProduct(layers.slice(0, at));
    return data.x === null ? below : chainProduct([data.x, below]);
  });
  const outgoing = moments.map(({ layers }) => transposed(chainProduct(layers.slice(at))));
  const shown = hidden.map((one) => columnsOf(one, items!));
  return {
    layer: at,
    items: items!,
    properties: properties!,
    embedding: jointEmbedding(shown),
    itemProducts: products(shown),
    propertyProducts: products(outgoing.map((one) => columnsOf(one, properties!))),
    minimumNorm:
      depth !== 2
        ? { reason: "The fingerprint is that of two weight matrices." }
        : data.x !== null
          ? { reason: "The fingerprint is that of white inputs." }
          : data.y.columns > 400
            ? { reason: "More than 400 items: not computed." }
            : moments.map(({ layers }, k) => minimumNormResidual(chainProduct(layers), hidden[k]!)),
  };
}

function affordable(t: number): number {
  return Math.max(2, Math.floor(Math.min(Math.sqrt(MAX_PRODUCTS / t), MAX_POINTS / t)));
}

function spread(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.floor((k * count) / most));
}

function columnsOf({ rows, columns, data }: DenseMatrix, wanted: readonly number[]): DenseMatrix {
  if (wanted.length === columns) return { rows, columns, data };
  const out = new Float64Array(rows * wanted.length);
  for (let i = 0; i < rows; i++)
    for (const [k, j] of wanted.entries()) out[i * wanted.length + k] = data[i * columns + j]!;
  return { rows, columns: wanted.length, data: out };
}

function products(moments: readonly DenseMatrix[]): Float32Array<ArrayBuffer> {
  const p = moments[0]?.columns ?? 0;
  const out = new Float32Array(moments.length * p * p);
  for (const [t, { rows, data }] of moments.entries()) {
    const sums = new Float64Array(p * p);
    for (let h = 0; h < rows; h++)
      for (let i = 0; i < p; i++) {
        const factor = data[h * p + i]!;
        for (let j = 0; j < p; j++) sums[i * p + j] = sums[i * p + j]! + factor * data[h * p + j]!;
      }
    out.set(sums, t * p * p);
  }
  return out;
}
