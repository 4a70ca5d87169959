/**
 * Which hidden unit of one network is which of another: permutations of the hidden units of a chain of layers that bring its weights closest to the other's.
 * Definition: maximize Σ_l ⟨A_l, P_l·B_l·P_{l−1}ᵀ⟩ (+ ⟨a_l, P_l·b_l⟩ for biases), P_0 and P_L the identity; layer by layer an assignment problem, the
 * others held, until no layer changes. Source: Ainsworth, Hayase & Srinivasa 2023 (weight matching); Entezari et al. 2022 (why: a network and its permuted
 * copy compute the same).
 * Special cases: a local optimum, which depends on the order of layers; the best of several orders is taken. Unrelated networks get closer too, because
 * noise is matched: compare with the null of the caller. Cost: assignments of width³ a pass.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../random.ts";
import { type Matrix64, product } from "../similarity/matrix.ts";
import { shuffled } from "../similarity/resampling.ts";
import { leastAssignment } from "./assignment.ts";

/** A layer of a chain: units × (units of the layer before × taps), the taps of one unit side by side. */
export interface ChainLayer {
  readonly units: number;
  readonly inputs: number;
  readonly taps: number;
  readonly weights: Float64Array<ArrayBuffer>;
  readonly bias: Float64Array<ArrayBuffer> | null;
}

export interface Matching {
  /** For every layer but the last: unit i of A is unit `order[i]` of B. */
  readonly orders: readonly Int32Array<ArrayBuffer>[];
  /** Σ⟨A, B⟩/√(Σ‖A‖²·Σ‖B‖²) over all layers, before and after. */
  readonly before: number;
  readonly after: number;
  readonly passes: number;
}

const RESTARTS = 3;
const MOST_PASSES = 100;

export function matchWeights(
  a: readonly ChainLayer[],
  b: readonly ChainLayer[],
  seed: number,
  cancel: CancelToken = NEVER_CANCELLED,
): Matching {
  let best: Matching | null = null;
  for (let restart = 0; restart < RESTARTS; restart++) {
    const found = ascend(a, b, new Random(seed + restart), cancel);
    if (best === null || found.after > best.after) best = found;
  }
  return best!;
}

function ascend(a: readonly ChainLayer[], b: readonly ChainLayer[], random: Random, cancel: CancelToken): Matching {
  const hidden = a.length - 1;
  const orders = a.slice(0, hidden).map(({ units }) => Int32Array.from({ length: units }, (_, i) => i));
  const before = alignment(a, b, orders);
  const scale = Math.sqrt(squareOf(a) * squareOf(b));
  const outgoing = a.slice(1).map(byInput);
  let passes = 0;
  for (let changed = true; changed && passes < MOST_PASSES; passes++) {
    changed = false;
    for (const at of shuffled(hidden, random)) {
      cancel.throwIfCancelled();
      const { order, gain } = assignUnits(a[at]!, outgoing[at]!, b, orders, at, cancel);
      // A tie may move units for nothing, again and again.
      if (gain > 1e-12 * scale) {
        orders[at] = order;
        changed = true;
      }
    }
  }
  return { orders, before, after: alignment(a, b, orders), passes };
}

/** Of all weights and biases. */
function squareOf(layers: readonly ChainLayer[]): number {
  let sum = 0;
  for (const { weights, bias } of layers) {
    for (let k = 0; k < weights.length; k++) sum += weights[k]! * weights[k]!;
    for (const value of bias ?? []) sum += value * value;
  }
  return sum;
}

/** The best permutation of the units of layer `at`, all others held, and what it adds to Σ⟨A, B⟩. `outgoing`: A's next layer by input. */
function assignUnits(
  own: ChainLayer,
  outgoing: Matrix64,
  b: readonly ChainLayer[],
  orders: readonly Int32Array<ArrayBuffer>[],
  at: number,
  cancel: CancelToken,
): { readonly order: Int32Array<ArrayBuffer>; readonly gain: number } {
  const n = own.units;
  const incoming = moved(b[at]!, null, orders[at - 1] ?? null);
  const cost = product(matrixOf(own), matrixOf(incoming), { cancel, transposeB: true }).data;
  const next = moved(b[at + 1]!, orders[at + 1] ?? null, null);
  const out = product(outgoing, byInput(next), { cancel, transposeB: true }).data;
  for (let i = 0, k = 0; i < n; i++) {
    const bias = own.bias?.[i] ?? 0;
    for (let j = 0; j < n; j++, k++) cost[k] = -(cost[k]! + out[k]! + bias * (incoming.bias?.[j] ?? 0));
  }
  const order = leastAssignment(cost, n, cancel);
  let gain = 0;
  for (let i = 0; i < n; i++) gain += cost[i * n + orders[at]![i]!]! - cost[i * n + order[i]!]!;
  return { order, gain };
}

const matrixOf = ({ units, inputs, taps, weights }: ChainLayer): Matrix64 => ({
  rows: units,
  columns: inputs * taps,
  data: weights,
});

/** One row for each unit of the layer before: all that it gives. */
function byInput({ units, inputs, taps, weights }: ChainLayer): Matrix64 {
  const data = new Float64Array(weights.length);
  for (let i = 0; i < units; i++)
    for (let j = 0; j < inputs; j++)
      for (let t = 0; t < taps; t++) data[(j * units + i) * taps + t] = weights[(i * inputs + j) * taps + t]!;
  return { rows: inputs, columns: units * taps, data };
}

/** The layer with its units, and its inputs, in an order. */
export function moved(layer: ChainLayer, unitOrder: Int32Array | null, inputOrder: Int32Array | null): ChainLayer {
  const { units, inputs, taps, weights, bias } = layer;
  const data = new Float64Array(weights.length);
  for (let i = 0; i < units; i++) {
    const row = (unitOrder === null ? i : unitOrder[i]!) * inputs * taps;
    for (let j = 0; j < inputs; j++) {
      const from = row + (inputOrder === null ? j : inputOrder[j]!) * taps;
      for (let t = 0; t < taps; t++) data[(i * inputs + j) * taps + t] = weights[from + t]!;
    }
  }
  const turned = bias === null || unitOrder === null ? bias : Float64Array.from(unitOrder, (unit) => bias[unit]!);
  return { ...layer, weights: data, bias: turned };
}

/** Cosine of all weights of A with those of B in the orders. */
function alignment(a: readonly ChainLayer[], b: readonly ChainLayer[], orders: readonly Int32Array[]): number {
  let [cross, first, second] = [0, 0, 0];
  const add = (x: Float64Array | null, y: Float64Array | null): void => {
    if (x === null || y === null) return;
    for (let k = 0; k < x.length; k++) {
      cross += x[k]! * y[k]!;
      first += x[k]! * x[k]!;
      second += y[k]! * y[k]!;
    }
  };
  for (const [at, layer] of a.entries()) {
    const other = moved(b[at]!, orders[at] ?? null, orders[at - 1] ?? null);
    add(layer.weights, other.weights);
    add(layer.bias, other.bias);
  }
  return first > 0 && second > 0 ? cross / Math.sqrt(first * second) : Number.NaN;
}
