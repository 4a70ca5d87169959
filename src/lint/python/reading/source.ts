import type { Statement, Unit } from "../syntax/types.ts";
import { type Footprint, footprintOf } from "./footprint.ts";

/** A source as its statements lie in it: those that a module runs, and what runs only as a script. */
export interface Arranged {
  /** Statements of the module by their units, in order. */
  readonly units: ReadonlyMap<Unit, readonly Statement[]>;
  /** What runs only as a script makes networks and binds nothing that others see. */
  readonly scripts: readonly Statement[];
  /** Who may bind a name last before a statement runs; null: before the end. */
  binderBefore(name: string, unit: Unit | null): Unit | null;
}

export function arrange(statements: readonly Statement[]): Arranged {
  const units = new Map<Unit, Statement[]>();
  const scripts: Statement[] = [];
  for (const statement of statements) {
    if (isScript(statement)) scripts.push(statement);
    else if (statement.type !== "other") {
      const known = units.get(statement.unit);
      if (known === undefined) units.set(statement.unit, [statement]);
      else known.push(statement);
    }
  }
  const binders = new Map<string, Unit[]>();
  const places = new Map<Unit, number>();
  for (const [unit, own] of units) {
    places.set(unit, places.size);
    for (const name of footprint(unit, own).binds) {
      const known = binders.get(name);
      if (known === undefined) binders.set(name, [unit]);
      else known.push(unit);
    }
  }
  return {
    units,
    scripts,
    binderBefore(name, unit) {
      const all = binders.get(name) ?? [];
      const end = unit === null ? undefined : places.get(unit);
      if (end === undefined) return all.at(-1) ?? null;
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        const one = all[middle];
        if (one !== undefined && (places.get(one) ?? 0) < end) low = middle + 1;
        else high = middle;
      }
      return all[low - 1] ?? null;
    },
  };
}

const footprints = new WeakMap<Unit, Footprint>();

export function footprint(unit: Unit, statements: readonly Statement[]): Footprint {
  const known = footprints.get(unit);
  if (known !== undefined) return known;
  const fresh = footprintOf(unit, statements);
  footprints.set(unit, fresh);
  return fresh;
}

function isScript(statement: Statement): boolean {
  if (statement.type !== "if") return false;
  const test = statement.branches[0]?.test;
  return (
    test?.type === "binary" &&
    test.op === "==" &&
    [test.left, test.right].some((side) => side.type === "name" && side.name === "__name__")
  );
}
