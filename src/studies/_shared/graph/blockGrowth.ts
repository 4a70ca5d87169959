import type { CancelToken } from "../../../base/cancel.ts";
import { pushForward } from "../../../formats/onnx/derivative/derive.ts";
import type { Emitter } from "../../../formats/onnx/derivative/emitter.ts";
import type { Random } from "../../../numerics/random.ts";
import type { DifferentiableModel } from "./differentiable.ts";

export interface ValueGrowth {
  /** Mean square of the value's entries, over items. */
  readonly q: number;
  /** ln of the averaged partial Jacobian norm ‖J‖_F²/n from the first value to this one, and its standard error; null where it is 0 or beyond numbers. */
  readonly logJacobian: { readonly value: number; readonly standardError: number } | null;
}

export interface GrowthOptions {
  readonly items: readonly number[];
  /** Random directions for each item. */
  readonly probes: number;
  readonly random: Random;
  readonly cancel: CancelToken;
  progress(fraction: number): void;
}

/**
 * How much Gaussian tangents at the first of some values have grown at each: E‖Jv‖² = ‖J‖_F² (Hutchinson), over n it is the averaged partial Jacobian norm of
 * Doshi, He & Gromov 2023, here of the weights at hand, averaged over items. All values must be such that every way goes through them: tangents are made unit
 * vectors at each, and logarithms added, so that no depth leaves the range of float32.
 */
export async function growthOf(
  model: DifferentiableModel,
  values: readonly string[],
  { items, probes, random, cancel, progress }: GrowthOptions,
): Promise<ValueGrowth[]> {
  const { emit, seed, outputs } = write(model, values);
  const session = await model.session(emit);
  const from = values[0]!;
  const width = model.widthOf(from);
  const samples = items.flatMap((item) => Array.from({ length: probes }, () => item));
  const logs = values.map(() => new Float64Array(samples.length));
  const squares = values.map(() => new Float64Array(samples.length));
  try {
    for (let at = 0; at < samples.length; at += model.rows) {
      cancel.throwIfCancelled();
      const some = samples.slice(at, at + model.rows);
      const vectors = some.map(() => Float64Array.from({ length: width }, () => random.normal()));
      const norms = vectors.map((v) => v.reduce((sum, value) => sum + value * value, 0));
      const unit = vectors.map((v, k) => v.map((value) => value / Math.sqrt(norms[k]!)));
      const feeds = { ...model.feed(some), [seed]: model.vectors(from, unit) };
      const found = await session.run(
        feeds,
        outputs.flatMap(({ norm, moment }) => (norm === null ? [moment] : [norm, moment])),
      );
      for (const k of some.keys()) {
        let log = Math.log(norms[k]!);
        for (const [l, { norm, moment }] of outputs.entries()) {
          if (norm !== null) log += Math.log(Number(found.get(norm)?.data[k] ?? Number.NaN));
          logs[l]![at + k] = log;
          squares[l]![at + k] = Number(found.get(moment)?.data[k] ?? Number.NaN);
        }
      }
      progress(Math.min(1, (at + some.length) / samples.length));
    }
  } finally {
    await session.close();
  }
  return values.map((value, l) => ({
    q: squares[l]!.reduce((sum, square) => sum + square, 0) / samples.length,
    logJacobian: averaged(logs[l]!, items.length, Math.log(model.widthOf(value))),
  }));
}

/** ln of the mean of exp(log − offset); the error is over items, whose directions belong together, or over directions where there is one item. */
function averaged(logs: Float64Array, items: number, offset: number) {
  const top = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(top) || logs.some(Number.isNaN)) return null;
  const groups = items > 1 ? items : logs.length;
  const each = logs.length / groups;
  const means = Array.from({ length: groups }, (_, g) => {
    let sum = 0;
    for (let k = g * each; k < (g + 1) * each; k++) sum += Math.exp(logs[k]! - top);
    return sum / each;
  });
  const mean = means.reduce((sum, one) => sum + one, 0) / groups;
  const spread = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, groups - 1);
  return { value: Math.log(mean) + top - offset, standardError: Math.sqrt(spread / groups) / mean };
}

/** Smallest positive normal number of float32: what a vanished tangent is divided by. */
const TINY = 1.2e-38;

function write(model: DifferentiableModel, values: readonly string[]) {
  const emit = model.emitter();
  const [from = ""] = values;
  const seed = emit.input("seed", model.dims(from));
  const norms = new Map<string, string>();
  const later = new Set(values.slice(1));
  pushForward(emit, model.model.graph.nodes, model.facts, new Map([[from, seed]]), values, (value, tangent) => {
    if (!later.has(value)) return tangent;
    const square = rowSums(model, emit, value, tangent);
    norms.set(value, emit.output(`norm.${norms.size}`, square));
    const rows = model.dims(value).map((_, axis) => (axis === 0 ? model.rows : 1));
    return emit.div(tangent, emit.reshape(emit.op("Sqrt", [emit.op("Max", [square, emit.scalar(TINY)])]), rows));
  });
  const outputs = values.map((value, k) => ({
    norm: norms.get(value) ?? (value === from ? null : emit.output(`none.${k}`, emit.zeros([model.rows]))),
    moment: emit.output(
      `moment.${k}`,
      emit.mul(rowSums(model, emit, value, value), emit.scalar(1 / model.widthOf(value))),
    ),
  }));
  return { emit, seed, outputs };
}

/** Σ v² of each row. */
function rowSums(model: DifferentiableModel, emit: Emitter, like: string, value: string): string {
  const flat = emit.reshape(value, [model.rows, model.widthOf(like)]);
  return emit.reshape(emit.sum(emit.mul(flat, flat), [1]), [model.rows]);
}
