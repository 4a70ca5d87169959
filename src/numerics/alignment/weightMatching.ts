/**
 * Which hidden unit of one network is which of another: permutations of hidden units that bring its weights closest to the other's.
 * Definition: maximize Σ_l ⟨A_l, P_out(l)·B_l·P_in(l)ᵀ⟩ (+ ⟨a_l, P_out(l)·b_l⟩ for biases and the scales and shifts of normalizations), where layers name the
 * permutation of their units and of their inputs; inputs and outputs of the network have names and stay. In a chain every layer's units are an order of their
 * own; over a residual connection layers share one. Permutation by permutation an assignment problem, the others held, until none changes.
 * Source: Ainsworth, Hayase & Srinivasa 2023 (weight matching, shared orders); Entezari et al. 2022 (why: a network and its permuted copy compute the same).
 * Special cases: a local optimum, which depends on the order of visits; the best of several is taken. Unrelated networks get closer too, because
 * noise is matched: compare with the null of the caller. Cost: assignments of width³ a pass.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../random.ts";
import { type Matrix64, product } from "../similarity/matrix.ts";
import { shuffled } from "../similarity/resampling.ts";
import { leastAssignment } from "./assignment.ts";

/** A layer: units × (inputs × taps), the taps of one input side by side. */
export interface MatchedLayer {
  readonly units: number;
  readonly inputs: number;
  readonly taps: number;
  readonly weights: Float64Array<ArrayBuffer>;
  /** One entry a unit: the bias, scale and shift of a normalization. */
  readonly vectors: readonly Float64Array<ArrayBuffer>[];
  /** Which permutation its units, and its inputs, are in; null where they have names. */
  readonly output: number | null;
  readonly input: number | null;
}

export interface Matching {
  /** Of every permutation: unit i of A is unit `order[i]` of B. */
  readonly orders: readonly Int32Array<ArrayBuffer>[];
  /** Σ⟨A, B⟩/√(Σ‖A‖²·Σ‖B‖²) over all layers, before and after. */
  readonly before: number;
  readonly after: number;
  readonly passes: number;
}

const RESTARTS = 3;
const MOST_PASSES = 100;

export function matchWeights(
  a: readonly MatchedLayer[],
  b: readonly MatchedLayer[],
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

type Orders = readonly Int32Array<ArrayBuffer>[];

const orderOf = (orders: Orders, permutation: number | null): Int32Array | null =>
  permutation === null ? null : orders[permutation]!;

/** The layer as it stands when its units and inputs are in the orders. */
export const put = (layer: MatchedLayer, orders: Orders): MatchedLayer =>
  moved(layer, orderOf(orders, layer.output), orderOf(orders, layer.input));

function ascend(a: readonly MatchedLayer[], b: readonly MatchedLayer[], random: Random, cancel: CancelToken): Matching {
  const identity = sizesOf(a).map((units) => Int32Array.from({ length: units }, (_, i) => i));
  const orders = identity.map((order) => order.slice());
  const before = alignment(a, b, identity);
  let [passes, after] = [0, before];
  for (let changed = true; changed && passes < MOST_PASSES; passes++) {
    changed = false;
    for (const at of shuffled(orders.length, random)) {
      cancel.throwIfCancelled();
      const order = assignUnits(a, b, orders, at, cancel);
      if (order.some((unit, i) => unit !== orders[at]![i])) {
        const next = orders.map((one, k) => (k === at ? order : one));
        const reached = alignment(a, b, next);
        // A tie may move units for nothing, again and again; a layer from a permutation to itself may even lose.
        if (reached - after > 1e-12) {
          orders[at] = order;
          after = reached;
          changed = true;
        }
      }
    }
  }
  return { orders, before, after, passes };
}

/** Units of every permutation. */
function sizesOf(layers: readonly MatchedLayer[]): number[] {
  const sizes: number[] = [];
  for (const { units, inputs, output, input } of layers) {
    if (output !== null) sizes[output] = units;
    if (input !== null) sizes[input] = inputs;
  }
  return sizes;
}

/** The best order of one permutation, all others held. */
function assignUnits(
  a: readonly MatchedLayer[],
  b: readonly MatchedLayer[],
  orders: Orders,
  at: number,
  cancel: CancelToken,
): Int32Array<ArrayBuffer> {
  const n = orders[at]!.length;
  const score = new Float64Array(n * n);
  const add = (x: Matrix64, y: Matrix64): void => {
    const { data } = product(x, y, { cancel, transposeB: true });
    for (let k = 0; k < data.length; k++) score[k]! += data[k]!;
  };
  for (const [l, own] of a.entries()) {
    const other = b[l]!;
    if (own.output === at) {
      add(matrixOf(own), matrixOf(moved(other, null, orderOf(orders, own.input))));
      for (const [v, vector] of own.vectors.entries())
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) score[i * n + j]! += vector[i]! * other.vectors[v]![j]!;
    }
    if (own.input === at) add(byInput(own), byInput(moved(other, orderOf(orders, own.output), null)));
  }
  return leastAssignment(
    score.map((value) => -value),
    n,
    cancel,
  );
}

const matrixOf = ({ units, inputs, taps, weights }: MatchedLayer): Matrix64 => ({
  rows: units,
  columns: inputs * taps,
  data: weights,
});

/** One row for each unit of the layer before: all that it gives. */
function byInput({ units, inputs, taps, weights }: MatchedLayer): Matrix64 {
  const data = new Float64Array(weights.length);
  for (let i = 0; i < units; i++)
    for (let j = 0; j < inputs; j++)
      for (let t = 0; t < taps; t++) data[(j * units + i) * taps + t] = weights[(i * inputs + j) * taps + t]!;
  return { rows: inputs, columns: units * taps, data };
}

/** The layer with its units, and its inputs, in an order. */
export function moved(layer: MatchedLayer, unitOrder: Int32Array | null, inputOrder: Int32Array | null): MatchedLayer {
  const { units, inputs, taps, weights, vectors } = layer;
  const data = new Float64Array(weights.length);
  for (let i = 0; i < units; i++) {
    const row = (unitOrder === null ? i : unitOrder[i]!) * inputs * taps;
    for (let j = 0; j < inputs; j++) {
      const from = row + (inputOrder === null ? j : inputOrder[j]!) * taps;
      for (let t = 0; t < taps; t++) data[(i * inputs + j) * taps + t] = weights[from + t]!;
    }
  }
  const turned = vectors.map((one) => (unitOrder === null ? one : Float64Array.from(unitOrder, (unit) => one[unit]!)));
  return { ...layer, weights: data, vectors: turned };
}

/** Cosine of all weights of A with those of B in the orders. */
function alignment(a: readonly MatchedLayer[], b: readonly MatchedLayer[], orders: Orders): number {
  let [cross, first, second] = [0, 0, 0];
  const add = (x: Float64Array, y: Float64Array): void => {
    for (let k = 0; k < x.length; k++) {
      cross += x[k]! * y[k]!;
      first += x[k]! * x[k]!;
      second += y[k]! * y[k]!;
    }
  };
  for (const [at, layer] of a.entries()) {
    const other = put(b[at]!, orders);
    add(layer.weights, other.weights);
    for (const [v, vector] of layer.vectors.entries()) add(vector, other.vectors[v]!);
  }
  return first > 0 && second > 0 ? cross / Math.sqrt(first * second) : Number.NaN;
}
