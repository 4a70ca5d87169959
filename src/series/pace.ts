/**
 * How fast all weights together moved: ‖ΔW‖/√Δt of each interval between checkpoints. Steps that point nowhere in particular add up as a random walk, whose
 * length grows with √Δt, so that this number does not depend on how far apart checkpoints are; for steps in one direction it grows with √Δt.
 * A drop is a fall that stands alone: to less than a third from one interval to the next, with no such fall before or after it (a run that converges slows down
 * all the time), or to less than half where the files record a lower rate. A learning rate that was lowered does that, if nothing else changed.
 */
export interface Pace {
  /** Of each interval. */
  readonly speeds: readonly number[];
  readonly drops: readonly {
    /** The checkpoint at which it fell, by index. */
    readonly checkpoint: number;
    /** New speed over the old one. */
    readonly factor: number;
    /** Recorded rates: at the checkpoint before the old interval's end and at the new one's, where the files have them. */
    readonly rates: readonly [number, number] | null;
  }[];
}

const ALONE = 1 / 3;
const RECORDED = 1 / 2;
/** A neighbour that falls more than this is part of a longer slowing down. */
const STEADY = 0.6;

export function paceOf(steps: readonly number[], lengths: readonly number[], rates: readonly (number | null)[]): Pace {
  const speeds = lengths.map((length, k) => length / Math.sqrt(steps[k + 1]! - steps[k]!));
  const factorAt = (k: number) => (k > 0 && k < speeds.length ? speeds[k]! / speeds[k - 1]! : 1);
  const drops = speeds.flatMap((_, k) => {
    const factor = factorAt(k);
    const [old, fresh] = [rates[k - 1] ?? null, rates[k + 1] ?? null];
    const recorded = old !== null && fresh !== null && fresh < old ? ([old, fresh] as const) : null;
    const alone = factor < ALONE && factorAt(k - 1) > STEADY && factorAt(k + 1) > STEADY;
    return alone || (recorded !== null && factor < RECORDED) ? [{ checkpoint: k, factor, rates: recorded }] : [];
  });
  return { speeds, drops };
}
