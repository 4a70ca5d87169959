/**
 * How fast all weights together moved: ‖ΔW‖/√Δt of each interval between checkpoints. Steps that point nowhere in particular add up as a random walk, whose
 * length grows with √Δt, so that this number does not depend on how far apart checkpoints are; for steps in one direction it grows with √Δt.
 * A fall by `LEAST` or more from one interval to the next is a drop: of the learning rate, if nothing else changed.
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

const LEAST = 2;

export function paceOf(steps: readonly number[], lengths: readonly number[], rates: readonly (number | null)[]): Pace {
  const speeds = lengths.map((length, k) => length / Math.sqrt(steps[k + 1]! - steps[k]!));
  const drops = speeds.flatMap((speed, k) => {
    const before = speeds[k - 1];
    if (before === undefined || !(before > LEAST * speed)) return [];
    const [old, fresh] = [rates[k - 1] ?? null, rates[k + 1] ?? null];
    return [
      {
        checkpoint: k,
        factor: speed / before,
        rates: old === null || fresh === null || old === fresh ? null : ([old, fresh] as const),
      },
    ];
  });
  return { speeds, drops };
}
