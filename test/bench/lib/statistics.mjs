// Few repetitions, one-sided disturbances: medians, and ratios taken round by round, so that a slow spell hits both sides of a ratio.

/** NaN for an empty list. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Half the range that the middle half of the values spans, over their median: how noisy the machine was. */
export function relativeSpread(values) {
  if (values.length < 2) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  return (at(0.75) - at(0.25)) / 2 / median(values);
}

/** How many times as fast `ours` is: median over the rounds that both have of theirs[i] / ours[i]; by medians if they share none. */
export function speedRatio(ours, theirs) {
  const both = theirs.flatMap((seconds, round) =>
    seconds === undefined || ours[round] === undefined ? [] : [seconds / ours[round]],
  );
  if (both.length > 0) return median(both);
  const known = (list) => list.filter((seconds) => seconds !== undefined);
  return median(known(theirs)) / median(known(ours));
}
