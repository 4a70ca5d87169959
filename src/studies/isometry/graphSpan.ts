import type { CancelToken } from "../../base/cancel.ts";
import { BidiagonalRun, ROUNDING } from "../../numerics/network/bidiagonalRun.ts";
import { Random } from "../../numerics/random.ts";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import type { DifferentiableModel } from "../_shared/graph/differentiable.ts";
import type { GraphJacobian } from "../_shared/graph/graphJacobian.ts";
import { spectrumOf } from "./spectrum.ts";
import type { MeasuredSpectrum } from "./types.ts";

const PROBES = 8;
const STEPS = 48;
const FEWEST_STEPS = 6;
/** Multiplications that all runs of one question may take: a minute or so of a runtime in WebAssembly. Counted, not timed, so that every machine does the same. */
const MOST_MULTIPLICATIONS = 2e11;
/** A step's two runs, each with the model's own values and a derivative beside them. */
const STEP_COST = 4;
/** One run with the derivative back. */
const ROW_COST = 2;
/** A whole Jacobian is made row by row or column by column up to this smaller side, and this many numbers. */
const WHOLE_SIDE = 1024;
const WHOLE_NUMBERS = 2 ** 23;
const WHOLE_FLOPS = 2e10;
/** Rounding of products over the largest singular value, and the decades below it that are told. */
const SINGLE = { rounding: 2 ** -20, decades: 6 };
const DOUBLE = { rounding: 2 ** -48, decades: 14 };

/** Singular values of the Jacobian between two values of a model: all of them where it is small by rows or columns, else by bidiagonalization from random directions. */
export async function measureGraphSpan(
  model: DifferentiableModel,
  jacobian: GraphJacobian,
  items: readonly number[],
  seed: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): Promise<MeasuredSpectrum> {
  const { rows, columns } = jacobian;
  const { rounding, decades } = model.type === "float32" ? SINGLE : DOUBLE;
  const plain = Math.max(1, model.multiplications(model.model.graph.nodes));
  const small = Math.min(rows, columns);
  const whole =
    small <= WHOLE_SIDE &&
    rows * columns <= WHOLE_NUMBERS &&
    small * ROW_COST * plain * items.length <= MOST_MULTIPLICATIONS &&
    items.length * 14 * rows * columns * small <= WHOLE_FLOPS;
  const common = { columns, rows, steps: STEPS, rounding, inputs: items.length };
  if (whole) {
    const logs: number[][] = [];
    for (const [at, item] of items.entries()) {
      const data = await wholeJacobian(model, jacobian, item, cancel, (part) => progress((at + part) / items.length));
      logs.push(Array.from(singularValues(data, { cancel }), Math.log));
    }
    const exactMethod = `singular values of the whole Jacobian, made by ${rows <= columns ? "rows" : "columns"} in ${model.type}`;
    return spectrumOf({ ...common, probes: [], logs, decades, exactMethod });
  }
  // Fewer inputs before fewer steps: an extreme value needs its steps.
  const affordable = Math.floor(MOST_MULTIPLICATIONS / (STEP_COST * plain * PROBES));
  const used = items.slice(0, Math.max(1, Math.min(items.length, Math.floor(affordable / STEPS))));
  const steps = Math.max(FEWEST_STEPS, Math.min(STEPS, Math.floor(affordable / used.length)));
  const random = new Random(seed);
  const probes = [];
  for (const [at, item] of used.entries()) {
    const run = new BidiagonalRun(small, Math.max(rows, columns), PROBES, steps, random, ROUNDING[model.type]);
    const which = new Array<number>(PROBES).fill(item);
    let taken = 0;
    for (let wanted = run.next(); wanted !== null; wanted = run.next()) {
      cancel.throwIfCancelled();
      const length = wanted.rows.length / PROBES;
      const vectors = which.map((_, k) => wanted.rows.subarray(k * length, (k + 1) * length));
      // From the smaller side: a wide Jacobian is turned.
      const turned = (wanted.side === "right") === columns > rows;
      const found = turned ? await jacobian.applyTransposed(which, vectors) : await jacobian.apply(which, vectors);
      const images = new Float64Array(PROBES * (turned ? columns : rows));
      for (const [k, image] of found.entries()) images.set(image, k * image.length);
      run.take(images);
      progress((at + ++taken / (2 * run.steps)) / used.length);
    }
    probes.push(...run.probes());
  }
  return spectrumOf({
    ...common,
    inputs: used.length,
    steps,
    probes,
    logs: null,
    decades,
    exactMethod: "",
  });
}

async function wholeJacobian(
  model: DifferentiableModel,
  jacobian: GraphJacobian,
  item: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
) {
  const { rows, columns } = jacobian;
  const byRows = rows <= columns;
  const [count, length] = byRows ? [rows, columns] : [columns, rows];
  const data = new Float64Array(rows * columns);
  for (let at = 0; at < count; at += model.rows) {
    cancel.throwIfCancelled();
    const some = Array.from({ length: Math.min(model.rows, count - at) }, (_, k) => at + k);
    const which = some.map(() => item);
    const vectors = some.map((place) => Float64Array.from({ length: count }, (_, i) => (i === place ? 1 : 0)));
    const found = byRows ? await jacobian.applyTransposed(which, vectors) : await jacobian.apply(which, vectors);
    for (const [k, row] of found.entries()) data.set(row, (at + k) * length);
    progress((at + some.length) / count);
  }
  // By columns it is the transpose, which has the same singular values.
  return { rows: count, columns: length, data };
}
