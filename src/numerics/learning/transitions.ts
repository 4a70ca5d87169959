/**
 * When the loss falls in a step: local maxima of −d ln(loss)/dt, each with its topographic prominence (how far one must go down before it goes up higher).
 * ln, since a later mode's step is small beside an earlier one's in the loss itself. Plateaus of equal slope count once, at their middle.
 */
export interface Transition {
  /** Middle of the interval between two checkpoints over which it falls fastest. */
  readonly time: number;
  readonly bracket: readonly [number, number];
  /** −Δ ln(loss)/Δt there. */
  readonly speed: number;
  readonly prominence: number;
}

/** Those whose prominence is at least `least` of the largest speed. Intervals without a positive loss at both ends are left out. */
export function transitions(times: ArrayLike<number>, loss: ArrayLike<number>, least = 0.1): readonly Transition[] {
  const steps: { from: number; to: number; speed: number }[] = [];
  for (let k = 1; k < times.length; k++) {
    const [from, to, before, after] = [times[k - 1]!, times[k]!, loss[k - 1]!, loss[k]!];
    if (!(to > from && before > 0 && after > 0)) continue;
    steps.push({ from, to, speed: -Math.log(after / before) / (to - from) });
  }
  const speeds = steps.map(({ speed }) => speed);
  const top = speeds.reduce((most, speed) => Math.max(most, speed), 0);
  return peaks(speeds)
    .map((k) => {
      const { from, to, speed } = steps[k]!;
      return { time: (from + to) / 2, bracket: [from, to] as const, speed, prominence: prominence(speeds, k) };
    })
    .filter(({ prominence: height, speed }) => speed > 0 && height >= least * top);
}

/** Indices of strict maxima; the middle one of a flat top. Ends do not count: they might rise further outside. */
export function peaks(values: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let k = 1; k < values.length - 1; ) {
    let end = k;
    while (end < values.length - 1 && values[end + 1] === values[k]) end++;
    if (end < values.length - 1 && values[k - 1]! < values[k]! && values[end + 1]! < values[k]!)
      found.push((k + end) >> 1);
    k = end + 1;
  }
  return found;
}

export function prominence(values: readonly number[], peak: number): number {
  const lowest = (step: 1 | -1) => {
    let low = values[peak]!;
    for (let k = peak + step; k >= 0 && k < values.length && values[k]! <= values[peak]!; k += step)
      low = Math.min(low, values[k]!);
    return low;
  };
  return values[peak]! - Math.max(lowest(1), lowest(-1));
}
