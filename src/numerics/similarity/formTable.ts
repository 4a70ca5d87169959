/**
 * A table of a measure that is an inner product of item × item matrices ("forms", `itemForms.ts`): all pairs at once as one product of matrices.
 * Forms are symmetric: of each the upper triangle is kept, its entries beside the diagonal times √2. Cost: n²L² flops for L layers, as much again (and
 * n²L/2 moves) for every order of the items; memory: 4n² bytes a layer, and 8n² once items are shuffled.
 */
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import { loadKernels } from "../kernels/load.ts";
import { meanOverOrders, permutedInner } from "./itemForms.ts";
import type { Matrix64, Watched } from "./matrix.ts";
import { orNull } from "./refusal.ts";

/** Entries of every form that are multiplied at a time. */
const PIECE = 2 ** 15;

/** The upper triangle row by row times √2, then the diagonal, so that a plain dot product is ⟨A, B⟩. */
export function packedForm({ rows: n, data }: Matrix64): Float64Array<ArrayBuffer> {
  const out = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) out[at++] = Math.SQRT2 * data[i * n + j]!;
  for (let i = 0; i < n; i++) out[at++] = data[i * n + i]!;
  return out;
}

/** The same of a form without diagonal, from its upper triangle. */
export function packedTriangle(values: Float64Array<ArrayBuffer>, n: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array((n * (n + 1)) / 2);
  for (let at = 0; at < values.length; at++) out[at] = Math.SQRT2 * values[at]!;
  return out;
}

function unpackedForm(packed: Float64Array, n: number): Matrix64 {
  const data = new Float64Array(n * n);
  let at = 0;
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const value = packed[at++]! / Math.SQRT2;
      data[i * n + j] = value;
      data[j * n + i] = value;
    }
  for (let i = 0; i < n; i++) data[i * n + i] = packed[at++]!;
  return { rows: n, columns: n, data };
}

/** The packed form with its items in `order`. */
function permutedForm({ rows: n, data }: Matrix64, order: Int32Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    const row = order[i]! * n;
    for (let j = i + 1; j < n; j++) out[at++] = Math.SQRT2 * data[row + order[j]!]!;
  }
  for (let i = 0; i < n; i++) out[at++] = data[order[i]! * n + order[i]!]!;
  return out;
}

/** Dot products of every list of `a` with every one of `b`, row by row. NaN where one is null. */
export function dotProducts(
  a: readonly (Float64Array<ArrayBuffer> | null)[],
  b: readonly (Float64Array<ArrayBuffer> | null)[],
  { kernels = loadKernels(), cancel = NEVER_CANCELLED }: Watched = {},
): Float64Array<ArrayBuffer> {
  const length = [...a, ...b].find((one) => one !== null)?.length ?? 0;
  const piece = Math.min(PIECE, length);
  const { memory } = kernels;
  return memory.scope(8 * (a.length * b.length + (a.length + b.length) * piece), () => {
    const out = dense(memory.float64(a.length * b.length), a.length, b.length);
    const [left, right] = [memory.float64(a.length * piece), memory.float64(b.length * piece)];
    for (let from = 0; from < length; from += piece) {
      cancel.throwIfCancelled();
      const count = Math.min(piece, length - from);
      for (const [into, lists] of [
        [left, a],
        [right, b],
      ] as const)
        for (const [k, list] of lists.entries())
          if (list !== null) into.set(list.subarray(from, from + count), k * count);
      kernels.gemm64(out, dense(left, a.length, count), dense(right, b.length, count), {
        transposeB: true,
        beta: from === 0 ? 0 : 1,
      });
    }
    return Float64Array.from(out.data, (value, at) =>
      a[Math.floor(at / b.length)] === null || b[at % b.length] === null ? Number.NaN : value,
    );
  });
}

export interface FormTable {
  /** ⟨A, B⟩. */
  value(a: number, b: number): number;
  /** ⟨A, B with its items in `order`⟩. */
  shuffled(a: number, b: number, order: Int32Array): number;
  /** The same of every two layers, row a after row a; NaN where one has no form. */
  shuffledAll(order: Int32Array): Float64Array<ArrayBuffer>;
  /** The mean of `shuffled` over all orders, exact. */
  shuffledMean(a: number, b: number): number;
}

/** `packed` gives the form of a layer, or throws a RefusedError each time that it is asked; it keeps what it has made. */
export function formTable(
  items: number,
  layers: number,
  packed: (layer: number) => Float64Array<ArrayBuffer>,
  options: Watched,
): FormTable {
  const whole = new Map<number, Matrix64>();
  const wholeForm = (at: number): Matrix64 => {
    const found = whole.get(at) ?? unpackedForm(packed(at), items);
    whole.set(at, found);
    return found;
  };
  const all = () => Array.from({ length: layers }, (_, at) => orNull(() => packed(at)));
  let values: Float64Array<ArrayBuffer> | null = null;
  return {
    value(a, b) {
      packed(a);
      packed(b);
      if (values === null) {
        const forms = all();
        values = dotProducts(forms, forms, options);
      }
      return values[a * layers + b]!;
    },
    shuffled: (a, b, order) => permutedInner(wholeForm(a), wholeForm(b), order),
    shuffledAll(order) {
      const moved = Array.from({ length: layers }, (_, at) => orNull(() => permutedForm(wholeForm(at), order)));
      return dotProducts(all(), moved, options);
    },
    shuffledMean: (a, b) => meanOverOrders(wholeForm(a), wholeForm(b)),
  };
}
