import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { PANEL_WIDTH } from "../kernels/panels.ts";
import type { Kernels } from "../kernels/types.ts";
import { Random } from "../random.ts";
import { BlockLanczos, blockLanczosBytes, type Ritz } from "./blockLanczos.ts";
import { GramOperator, gramOperatorBytes, imageBytes, type Precision } from "./gramOperator.ts";
import { assembleBytes, assembleTriplets } from "./ritzTriplets.ts";
import type { TripletOptions, Triplets } from "./triplets.ts";

const B = PANEL_WIDTH;
/** From this tolerance on float32 sums are accurate enough, by a factor of ten. */
const SINGLE_TOLERANCE = 1e-5;
/** Residuals of AᵀA below this part of σ₁² are rounding, and do not shrink further. */
const NOISE: Readonly<Record<Precision, number>> = { single: 5e-7, double: 1e-14 };
/** An end to a search that rounding keeps from its goal. */
const MOST_STEPS = 1000;
/** A look at the Ritz values costs about as much as a product once the basis holds some hundred vectors: they are looked at whenever it has grown by this part. */
const CHECK_SHARE = 16;
/** Products with a random block before a missed copy is ruled out. */
const CONFIRM_STEPS = 4;

/**
 * Leading triplets by block Lanczos on AᵀA, until ‖Aᵀu−σv‖ ≤ tolerance·σ₁ (then measured). A block of 8 finds at most 8 copies of a multiple value:
 * where as many equal ones have been found, the search goes on from random directions orthogonal to them until no further copy turns up.
 */
export function krylovTriplets(
  kernels: Kernels,
  matrix: DenseMatrix,
  count: number,
  unit: number,
  options: TripletOptions & { readonly tolerance: number },
): Triplets {
  if (options.tolerance >= SINGLE_TOLERANCE) {
    const quick = search(kernels, matrix, count, unit, options, "single");
    // Far below σ₁ the rounding of float32 sums may be what is left.
    if (quick.converged === count || options.maxSteps !== undefined) return quick;
  }
  return search(kernels, matrix, count, unit, options, "double");
}

function search(
  kernels: Kernels,
  matrix: DenseMatrix,
  count: number,
  unit: number,
  options: TripletOptions & { readonly tolerance: number },
  precision: Precision,
): Triplets {
  const { cancel = NEVER_CANCELLED, progress = () => {}, tolerance, maxSteps = MOST_STEPS } = options;
  const columns = Math.min(matrix.rows, matrix.columns);
  const wanted = Math.min(columns, Math.ceil(count / B) * B);
  const room = roomFor(count, columns);
  const length = Math.ceil(columns / 12) * 12 * B;
  const bytes =
    gramOperatorBytes(matrix, precision) +
    blockLanczosBytes(columns, length, room) +
    assembleBytes(matrix, count) +
    imageBytes(matrix) +
    65536;
  return kernels.memory.scope(bytes, () => {
    const operator = new GramOperator(kernels, matrix, unit, precision, cancel);
    const lanczos = new BlockLanczos(kernels, operator, new Random(options.seed ?? 1), room, cancel);
    let checkAt = Math.min(room, 2 * wanted);
    let confirmUntil = 0;
    let steps = 0;
    let found: Float64Array | null = null;
    for (;;) {
      lanczos.step();
      steps++;
      const last = steps >= maxSteps || lanczos.full;
      if (lanczos.size < checkAt && !last) continue;
      if (steps < confirmUntil && !last) continue;
      const ritz = lanczos.ritz();
      const converged = convergedRitz(ritz, count, tolerance, NOISE[precision]);
      progress(Math.min(0.95, progressOf(ritz, count, tolerance)));
      const stop = steps >= maxSteps;
      const done = converged >= count || stop;
      if (done && (stop || !mayHideCopies(ritz, count, tolerance, found))) {
        const triplets = assembleTriplets(kernels, matrix, operator, lanczos, ritz, { count, unit, tolerance });
        progress(1);
        return triplets;
      }
      if (done) {
        found = ritz.values.slice(0, count);
        lanczos.restart(ritz, Math.min(wanted, lanczos.size), true);
        confirmUntil = steps + CONFIRM_STEPS;
        checkAt = lanczos.size + CONFIRM_STEPS * B;
      } else if (lanczos.full) {
        lanczos.restart(ritz, Math.min(lanczos.size - B, keepOf(count, room)));
        checkAt = Math.min(room, lanczos.size + 4 * B);
      } else checkAt = Math.min(room, lanczos.size + Math.ceil(lanczos.size / CHECK_SHARE / B) * B);
    }
  });
}

/** Whether a basis of blocks fits beside what a restart keeps, without ever filling the whole space. */
export function krylovFits(count: number, columns: number): boolean {
  const room = roomFor(count, columns);
  return keepOf(count, room) + 4 * B <= room;
}

/** Enough for a few blocks per wanted value before a restart; a restart loses about half of what the basis knows. */
function roomFor(count: number, columns: number): number {
  const wanted = Math.ceil(Math.min(1024, Math.max(256, 4 * count + 256)) / B) * B;
  return Math.min(wanted, (Math.floor(columns / B) - 1) * B);
}

function keepOf(count: number, room: number): number {
  return Math.ceil((count + Math.min(count, room / 4)) / B) * B;
}

/** How many of the leading ones meet ‖AᵀAx − θx‖ ≤ tolerance·σ₁·σ, or are as good as rounding allows. */
function convergedRitz({ values, residuals }: Ritz, count: number, tolerance: number, noise: number): number {
  const top = Math.sqrt(Math.max(0, values[0] ?? 0));
  let converged = 0;
  while (converged < Math.min(count, values.length)) {
    const sigma = Math.sqrt(Math.max(0, values[converged] as number));
    if ((residuals[converged] as number) > Math.max(tolerance * top * sigma, noise * top * top)) break;
    converged++;
  }
  return converged;
}

/** Residuals shrink by a steady factor: the share of the way on a logarithmic scale. */
function progressOf({ values, residuals }: Ritz, count: number, tolerance: number): number {
  const top = Math.max(values[0] ?? 0, 1e-300);
  let sum = 0;
  for (let i = 0; i < Math.min(count, values.length); i++) {
    const relative = Math.max(1e-300, (residuals[i] as number) / top);
    sum += Math.min(1, Math.max(0, Math.log(relative) / Math.log(tolerance)));
  }
  return sum / count;
}

/**
 * Whether a value has as many copies as a block can find, so that more may be missing. `found` are the values before the last search: if none of them has
 * grown since, it found nothing new.
 */
function mayHideCopies({ values }: Ritz, count: number, tolerance: number, found: Float64Array | null): boolean {
  const close = Math.max(1e-12, 4 * tolerance) * (values[0] as number);
  if (found !== null) {
    let grown = false;
    for (let i = 0; i < count; i++) grown ||= (values[i] as number) > (found[i] as number) + close;
    if (!grown) return false;
  }
  for (let i = 0; i + B <= count + 1 && i + B <= values.length; i++)
    if ((values[i] as number) - (values[i + B - 1] as number) <= close && (values[i] as number) > close) return true;
  return false;
}
