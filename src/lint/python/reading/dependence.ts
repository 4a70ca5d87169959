import type { Unit } from "../syntax/types.ts";
import type { Changes } from "./changes.ts";
import { type Arranged, footprint } from "./source.ts";

/** A name that was asked for, and the statement that had bound it last by then; null for none. */
export interface Look {
  readonly name: string;
  readonly binder: Unit | null;
  /** The statement that asked; null: all statements had run. */
  readonly at: Unit | null;
}

/** Statements that are run as a whole or kept as a whole. */
export interface Together {
  readonly units: readonly Unit[];
  readonly looks: readonly Look[];
  /** Others may change what it bound. */
  readonly shared: boolean;
}

/** Statements that are asked one behind the other, each for what it rests on. They are asked in order, so that most know the answer. */
const LONGEST_CHAIN = 500;
/** Where more than these are to be run, all are: what they might change is not searched for. */
const MANY = 500;

/** Says of a statement whether it, and all that it rests on, is as it was. */
export function standing(
  groups: ReadonlyMap<Unit, Together>,
  changes: Changes,
): { readonly unit: (unit: Unit) => boolean; readonly looks: (looks: readonly Look[]) => boolean } {
  const known = new Map<Together, boolean>();
  let depth = 0;
  const unitStands = (unit: Unit): boolean => {
    if (changes.units.has(unit)) return false;
    const group = groups.get(unit);
    if (group === undefined) return false;
    const answer = known.get(group);
    if (answer !== undefined) return answer;
    // Whoever rests on so many others one behind the other is run again.
    if (depth >= LONGEST_CHAIN) return false;
    // A circle stands if all else does.
    known.set(group, true);
    depth++;
    const stands = !group.units.some((one) => changes.units.has(one)) && looksStand(group.looks);
    depth--;
    known.set(group, stands);
    return stands;
  };
  const looksStand = (looks: readonly Look[]): boolean =>
    looks.every(({ name, binder, at }) => {
      // Between the two nothing has changed if both stand on one side of the changes.
      const between =
        changes.names.has(name) &&
        (at === null || changes.isBehind(at)) &&
        (binder === null || !changes.isBehind(binder));
      return !between && (binder === null || unitStands(binder));
    });
  return { unit: unitStands, looks: looksStand };
}

/** What is new, what rests on it, and what those statements might change: everything that their words can lead to. */
export function toRun(
  source: Arranged,
  groups: ReadonlyMap<Unit, Together>,
  stands: (unit: Unit) => boolean,
): Set<Unit> {
  const dirty = new Set<Unit>();
  const waiting: Unit[] = [];
  const mark = (unit: Unit) => {
    if (dirty.has(unit) || !source.units.has(unit)) return;
    dirty.add(unit);
    waiting.push(unit);
  };
  for (const unit of source.units.keys()) if (!stands(unit)) mark(unit);
  if (dirty.size > MANY) return new Set(source.units.keys());
  for (let unit = waiting.pop(); unit !== undefined; unit = waiting.pop()) {
    const meet = (binder: Unit | null) => {
      const group = binder === null ? undefined : groups.get(binder);
      if (group?.shared === true) for (const other of group.units) mark(other);
    };
    const { asks } = footprint(unit, source.units.get(unit) ?? []);
    const seen = new Set<string>(asks);
    const names = [...asks];
    if (dirty.size > MANY) return new Set(source.units.keys());
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const binders = [source.binderBefore(name, unit)];
      // What functions ask for they may ask when all statements have run.
      if (!asks.has(name)) binders.push(source.binderBefore(name, null));
      for (const binder of binders) {
        meet(binder);
        for (const next of binder?.names ?? [])
          if (!seen.has(next)) {
            seen.add(next);
            names.push(next);
          }
      }
    }
  }
  return dirty;
}
