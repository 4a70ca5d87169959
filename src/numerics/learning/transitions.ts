/**
 * When the loss falls in a step: local maxima of −d ln(L)/dt, L = what is left of the loss above its last value plus a hundredth of the whole fall, each with
 * its topographic prominence (how far one must go down before it goes up higher). ln, since a later mode's step is small beside an earlier one's in the loss
 * itself; steps of less than about a hundredth of the fall are not told apart. Plateaus of equal slope count once, at their middle.
 */
export interface Transition {
  /** Middle of the interval between two checkpoints over which it falls fastest. */
  readonly time: number;
  readonly bracket: readonly [number, number];
  /** −Δ ln(L)/Δt there. */
  readonly speed: number;
  readonly prominence: number;
}

/** Share of the whole fall that is added before the logarithm: without it the last mode's even tail would have no maximum, and rounding many. */
const FLOOR = 0.01;

/** Those whose prominence is at least `least` of their own speed. None where the loss does not fall. */
export function transitions(times: ArrayLike<number>, loss: ArrayLike<number>, least = 0.1): readonly Transition[] {
  const [first, last] = [loss[0] ?? 0, loss[loss.length - 1] ?? 0];
  const fall = first - last;
  if (!(fall > 0)) return [];
  const height = (value: number) => Math.log(Math.max(value - last, 0) + FLOOR * fall);
  const steps = Array.from({ length: times.length - 1 }, (_, k) => {
    const [from, to] = [times[k]!, times[k + 1]!];
    return { from, to, speed: (height(loss[k]!) - height(loss[k + 1]!)) / (to - from) };
  });
  const speeds = steps.map(({ speed }) => speed);
  return peaks(speeds)
    .map((k) => {
      const { from, to, speed } = steps[k]!;
      return { time: (from + to) / 2, bracket: [from, to] as const, speed, prominence: prominence(speeds, k) };
    })
    .filter(({ prominence: above, speed }) => speed > 0 && above >= least * speed);
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
