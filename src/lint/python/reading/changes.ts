import type { Unit } from "../syntax/types.ts";

/** What lies between two versions of a source: everything before it and everything after it is as it was. A statement that moved counts as gone and as fresh. */
export interface Changes {
  /** Gone and fresh ones. */
  readonly units: ReadonlySet<Unit>;
  /** Names that any of these may bind. */
  readonly names: ReadonlySet<string>;
  /** Whether a statement stands behind all of them. */
  isBehind(unit: Unit): boolean;
}

export function changesBetween(
  before: readonly Unit[],
  after: readonly Unit[],
  bindsOf: (unit: Unit) => Iterable<string>,
): Changes {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const units = new Set([...before.slice(head, before.length - tail), ...after.slice(head, after.length - tail)]);
  const names = new Set<string>();
  for (const unit of units) for (const name of bindsOf(unit)) names.add(name);
  const behind = new Set(after.slice(after.length - tail));
  return { units, names, isBehind: (unit) => behind.has(unit) };
}
