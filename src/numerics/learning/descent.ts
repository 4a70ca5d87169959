/**
 * A chain of layers learning a table by full-batch gradient descent: ½‖Y − Ŷ‖², one-hot items, so that τ = 1/rate (`series/timeConstant.ts`).
 *   linear  Ŷ = W_D…W_1
 *   tanh    Ŷ = W_D tanh(W_(D−1) … tanh(W_1)), tanh after every layer but the last
 * Deterministic by seed. Cost of a step: 6 products of the layers' sizes with P columns.
 */
import type { DenseMatrix } from "../dense.ts";
import type { Random } from "../random.ts";

export interface NetworkShape {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  /** Weight matrices. */
  readonly depth: number;
}

/** Independent normal entries of one standard deviation. */
export function randomLayers(shape: NetworkShape, std: number, random: Random): DenseMatrix[] {
  return sizes(shape).map(([rows, columns]) => ({
    rows,
    columns,
    data: Float64Array.from({ length: rows * columns }, () => std * random.normal()),
  }));
}

function sizes({ inputs, hidden, outputs, depth }: NetworkShape): readonly (readonly [number, number])[] {
  return Array.from({ length: depth }, (_, l) => [l === depth - 1 ? outputs : hidden, l === 0 ? inputs : hidden]);
}

export interface DescentStep {
  /** ½‖Y − Ŷ‖² before the step. */
  readonly loss: number;
}

/** One step, in place. */
export function descend(
  layers: readonly DenseMatrix[],
  y: DenseMatrix,
  rate: number,
  activation: "linear" | "tanh",
): DescentStep {
  const p = y.columns;
  const states: Float64Array[] = [];
  for (const [l, layer] of layers.entries()) {
    const state = l === 0 ? Float64Array.from(layer.data) : product(layer, states[l - 1]!, p);
    if (activation === "tanh" && l < layers.length - 1)
      for (let k = 0; k < state.length; k++) state[k] = Math.tanh(state[k]!);
    states.push(state);
  }
  const answer = states[states.length - 1]!;
  let loss = 0;
  let error = new Float64Array(answer.length);
  for (let k = 0; k < answer.length; k++) {
    const e = y.data[k]! - answer[k]!;
    error[k] = e;
    loss += e * e;
  }
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l]!;
    const below = l === 0 ? null : states[l - 1]!;
    const back = below === null ? null : transposedProduct(layer, error, p);
    if (below === null) for (let k = 0; k < layer.data.length; k++) layer.data[k] = layer.data[k]! + rate * error[k]!;
    else addOuter(layer, error, below, rate, p);
    if (back === null || below === null) break;
    if (activation === "tanh") for (let k = 0; k < back.length; k++) back[k] = back[k]! * (1 - below[k]! ** 2);
    error = back;
  }
  return { loss: loss / 2 };
}

/** Ŷ as it is now. */
export function answers(layers: readonly DenseMatrix[], activation: "linear" | "tanh"): DenseMatrix {
  const p = layers[0]!.columns;
  let state: Float64Array = Float64Array.from(layers[0]!.data);
  for (const layer of layers.slice(1)) {
    if (activation === "tanh") state = state.map(Math.tanh);
    state = product(layer, state, p);
  }
  return { rows: layers[layers.length - 1]!.rows, columns: p, data: Float64Array.from(state) };
}

function product({ rows, columns, data }: DenseMatrix, x: Float64Array, p: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(rows * p);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < columns; k++) {
      const factor = data[i * columns + k]!;
      for (let j = 0, from = k * p, to = i * p; j < p; j++, from++, to++) out[to] = out[to]! + factor * x[from]!;
    }
  return out;
}

function transposedProduct(
  { rows, columns, data }: DenseMatrix,
  x: Float64Array,
  p: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(columns * p);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < columns; k++) {
      const factor = data[i * columns + k]!;
      for (let j = 0, from = i * p, to = k * p; j < p; j++, from++, to++) out[to] = out[to]! + factor * x[from]!;
    }
  return out;
}

function addOuter(layer: DenseMatrix, error: Float64Array, below: Float64Array, rate: number, p: number): void {
  const { rows, columns, data } = layer;
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < columns; k++) {
      let sum = 0;
      for (let j = 0, a = i * p, b = k * p; j < p; j++, a++, b++) sum += error[a]! * below[b]!;
      data[i * columns + k] = data[i * columns + k]! + rate * sum;
    }
}
