import { matrixReading } from "../analysis/_shared/matrixReading.ts";
import { weightMatrixReading } from "../analysis/_shared/weightMatrix.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { DenseMatrix } from "../numerics/dense.ts";
import { columnSums, type Drift, driftOf, inputSquares, rowSquares } from "../numerics/learning/conservation.ts";

/** A law that gradient flow would keep in this network, told from the order and shapes of its tensors. */
export interface Law {
  readonly kind: "balance" | "rescale" | "scale" | "translation";
  readonly tensors: readonly string[];
  /** What it takes for granted: the checkpoint does not say it. */
  readonly assumption: string;
}

export interface LawCourse extends Law {
  /** Conserved numbers. */
  readonly size: number;
  /** At each checkpoint, from the first. */
  readonly drift: readonly Drift[];
  /** η·λ per step that would shrink it so, where all of it shrank together. */
  readonly decay: number | null;
  readonly reading: string;
}

/** What is remembered of a matrix at a checkpoint: enough for all laws but balance. */
export interface MatrixSquares {
  readonly rows: Float64Array;
  readonly inputs: Float64Array;
  readonly columnSums: Float64Array;
  readonly square: number;
}

export function squaresOf(tensor: DescribedTensor, matrix: DenseMatrix): MatrixSquares {
  const { count, of } = inputChannels(tensor, matrix.columns);
  const rows = rowSquares(matrix);
  return {
    rows,
    inputs: inputSquares(matrix, count, of),
    columnSums: columnSums(matrix),
    square: rows.reduce((sum, value) => sum + value, 0),
  };
}

/** Which input channel each column of the matrix belongs to: itself in a linear layer, one of k taps' in a convolution. */
function inputChannels(tensor: DescribedTensor, columns: number): { count: number; of: (column: number) => number } {
  const reading = matrixReading(tensor, { tensor: tensor.name, part: null, tap: null });
  if ("reason" in reading || reading.kind !== "conv-reshaped") return { count: columns, of: (column) => column };
  const axis = tensor.layout === "out-in" ? 1 : tensor.shape.length - 2;
  const place = reading.columnAxes.indexOf(axis);
  if (place < 0) return { count: columns, of: (column) => column };
  const count = tensor.shape[axis] ?? 1;
  const stride = reading.columnAxes.slice(place + 1).reduce((product, one) => product * (tensor.shape[one] ?? 1), 1);
  return { count, of: (column) => Math.floor(column / stride) % count };
}

/** Laws of neighbours in the file's order. Fused tensors and those that are no plain layer have none here. */
export function lawsOf(described: readonly DescribedTensor[]): readonly Law[] {
  const model = described.filter(({ role }) => role !== "optimizer-state" && role !== "ema");
  const weights = model.flatMap((tensor, at) => {
    if (tensor.parts.length > 0) return [];
    const reading = weightMatrixReading(tensor, { tensor: tensor.name, part: null, tap: null });
    if ("reason" in reading || (reading.kind !== "linear" && reading.kind !== "conv-reshaped")) return [];
    return [{ tensor, at, rows: reading.rows, inputs: inputChannels(tensor, reading.columns).count }];
  });
  const laws: Law[] = [];
  for (const [k, one] of weights.entries()) {
    const next = weights[k + 1];
    const between = model.slice(one.at + 1, next?.at ?? model.length);
    const norm = between.find(({ role, shape }) => role === "norm" && shape.length === 1 && shape[0] === one.rows);
    if (norm !== undefined)
      laws.push({
        kind: "scale",
        tensors: [one.tensor.name],
        assumption: `Its output is normalised next, by ${norm.name}.`,
      });
    else if (next !== undefined && next.inputs === one.rows)
      laws.push({
        kind: "rescale",
        tensors: [one.tensor.name, next.tensor.name],
        assumption: `${next.tensor.name} takes what ${one.tensor.name} gives, through ReLU, leaky ReLU or no activation.`,
      });
    if (next === undefined && weights.length > 1)
      laws.push({
        kind: "translation",
        tensors: [one.tensor.name],
        assumption: "Its outputs feed a softmax.",
      });
  }
  return laws;
}

/** Courses of all laws but balance, from what was remembered of each matrix at each checkpoint. `biases` as values by weight tensor. */
export function lawCourse(
  law: Law,
  steps: readonly number[],
  squares: ReadonlyMap<string, readonly MatrixSquares[]>,
  biases: ReadonlyMap<string, readonly Float64Array[]>,
): LawCourse | null {
  const [own, next] = law.tensors.map((name) => squares.get(name));
  if (own === undefined || own.length !== steps.length) return null;
  const bias = biases.get(law.tensors[0]!);
  const at = (k: number): { c: Float64Array; scale: number } => {
    const now = own[k]!;
    if (law.kind === "translation") return { c: now.columnSums, scale: Math.sqrt(now.square * now.rows.length) };
    if (law.kind === "scale") return { c: now.rows, scale: now.square };
    const outgoing = next![k]!.inputs;
    const b = bias?.[k];
    return {
      c: now.rows.map((square, unit) => square + (b === undefined ? 0 : b[unit]! ** 2) - outgoing[unit]!),
      scale: now.square + next![k]!.square,
    };
  };
  if (law.kind === "rescale" && next?.length !== steps.length) return null;
  const start = at(0).c;
  return describe(
    law,
    steps,
    start.length,
    steps.map((_, k) => {
      const { c, scale } = at(k);
      return driftOf(start, c, scale);
    }),
  );
}

/** Below it a law counts as kept: gradient descent with usual steps drifts by about a percent. */
const KEPT = 0.05;
const TOGETHER = 0.99;

export function describe(law: Law, steps: readonly number[], size: number, drift: readonly Drift[]): LawCourse {
  const last = drift[drift.length - 1]!;
  const span = steps[steps.length - 1]! - steps[0]!;
  const together = last.cosine > TOGETHER && last.relative > KEPT;
  // c ∝ w² shrinks as e^(−2ληt), a sum of weights as e^(−ληt).
  const power = law.kind === "translation" ? 1 : 2;
  const decay = together && last.kept > 0 && last.kept < 1 ? -Math.log(last.kept) / (power * span) : null;
  return { ...law, size, drift, decay, reading: readingOf(law, last, decay) };
}

function readingOf({ kind }: Law, { relative, kept, ofWeights }: Drift, decay: number | null): string {
  if (Number.isNaN(relative)) return "It was zero at first, so no share of it can be kept.";
  if (relative <= KEPT) return "Kept: what gradient flow conserves is conserved.";
  if (ofWeights <= KEPT / 10) return "Kept on the scale of the weights: what drifts is a small difference of them.";
  if (decay !== null) return `All of it shrank together, to ${percent(kept)}: weight decay does that.`;
  if (kind === "scale" && kept > 1)
    return `Grew to ${percent(kept)} of its size: steps of finite length, noise and adaptive optimizers push such weights outward.`;
  return "Not kept: weight decay with growth, an adaptive optimizer, gradient noise or large steps, or the tensors are not wired so.";
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
