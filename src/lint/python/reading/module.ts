/**
 * The module's own code, statement by statement. Statements that see one another's modules and lists form a group: it is run as a whole or kept as a whole.
 * All others are kept alone. What is kept is put back where it was bound, so that the next statement finds the names that it would have found.
 */
import type { Interpreter } from "../interpret/interpreter.ts";
import { looseModels } from "../models.ts";
import type { Unit } from "../syntax/types.ts";
import type { Value } from "../values/types.ts";
import type { Budget } from "./budget.ts";
import { type Look, type Together, toRun } from "./dependence.ts";
import { beginWith, type Made, type Reading, run } from "./run.ts";
import { isShared } from "./sharing.ts";
import { type Arranged, footprint } from "./source.ts";
import { Unions } from "./unions.ts";

/** One statement of the module, as it was run. */
interface Piece {
  readonly reading: Reading;
  readonly looks: readonly Look[];
  readonly bindings: readonly (readonly [string, Value])[];
  /** Of these names those whose values others can change. */
  readonly shared: ReadonlySet<string>;
  readonly stars: readonly string[];
  readonly made: Made;
}

interface Group extends Together {
  /** Of the networks that its code makes, once all code has run. */
  readonly networks: readonly Reading[];
}

export interface ModuleCode {
  readonly pieces: ReadonlyMap<Unit, Piece>;
  readonly groups: ReadonlyMap<Unit, Group>;
}

/** What a statement of the module costs besides its own steps: 20,000 of them are looked at. */
const STATEMENT_STEPS = 20;

export const NO_CODE: ModuleCode = { pieces: new Map(), groups: new Map() };

export interface ModuleReading {
  readonly code: ModuleCode;
  readonly readings: readonly Reading[];
}

/** Null: something that was kept turned out to depend on something that was run anew, or there are too many steps to keep anything. Then all must be run. */
export function* readModule(
  machine: Interpreter,
  source: Arranged,
  before: ModuleCode,
  stands: (unit: Unit) => boolean,
  budget: Budget,
): Generator<void, ModuleReading | null> {
  const dirty = toRun(source, before.groups, stands);
  const pieces = new Map<Unit, Piece>();
  const fresh: Unit[] = [];
  const groups = new Map<Unit, Group>();
  for (const unit of source.units.keys()) {
    if (!budget.goesOn(unit)) break;
    const [kept, group] = dirty.has(unit) ? [] : [before.pieces.get(unit), before.groups.get(unit)];
    const piece = kept ?? runPiece(machine, source, unit);
    pieces.set(unit, piece);
    budget.spend(piece.reading.steps + STATEMENT_STEPS);
    if (kept !== undefined && group !== undefined) {
      groups.set(unit, group);
      for (const [name, value] of piece.bindings) machine.scope.variables.set(name, value);
      for (const star of piece.stars) if (!machine.stars.includes(star)) machine.stars.push(star);
    } else {
      fresh.push(unit);
      if (piece.looks.some((look) => meetsKept(look, before, dirty))) return null;
      yield;
    }
  }
  const unions = new Unions(fresh);
  for (const unit of fresh) join(unions, unit, pieces.get(unit)?.looks ?? [], pieces);
  const networks = new Map<Unit, { readonly reading: Reading; readonly looks: readonly Look[] }>();
  for (const units of unions.all()) {
    const [first] = units;
    const own = units.flatMap((unit) => pieces.get(unit)?.made ?? []);
    if (first === undefined || own.every(({ made, functional }) => made.length + functional.length === 0)) continue;
    if (!budget.goesOn(first)) break;
    beginWith(machine, joined(own));
    const reading = run(machine, "Code of the module", () => looseModels(machine));
    budget.spend(reading.steps);
    const looks = looksOf(reading.looked, source, null);
    if (looks.some((look) => meetsKept(look, before, dirty))) return null;
    networks.set(first, { reading, looks });
    join(unions, first, looks, pieces);
    yield;
  }
  for (const group of new Set(groups.values())) for (const { steps } of group.networks) budget.spend(steps);
  if (budget.spent && before.groups.size > 0) return null;
  for (const units of unions.all()) {
    const own = units.flatMap((unit) => networks.get(unit) ?? []);
    const group: Group = {
      units,
      networks: own.map(({ reading }) => reading),
      looks: [...units.flatMap((unit) => pieces.get(unit)?.looks ?? []), ...own.flatMap(({ looks }) => looks)],
      shared: units.some((unit) => (pieces.get(unit)?.shared.size ?? 0) > 0),
    };
    for (const unit of units) groups.set(unit, group);
  }
  const inOrder = new Set([...pieces.keys()].flatMap((unit) => groups.get(unit) ?? []));
  return {
    code: { pieces, groups },
    readings: [
      ...[...pieces.values()].map(({ reading }) => reading),
      ...[...inOrder].flatMap((group) => group.networks),
    ],
  };
}

/** Names with who had bound them last, seen from a statement, or from the end. */
export function looksOf(names: Iterable<string>, source: Arranged, at: Unit | null): readonly Look[] {
  return [...names].map((name) => ({ name, binder: source.binderBefore(name, at), at }));
}

function runPiece(machine: Interpreter, source: Arranged, unit: Unit): Piece {
  const { variables } = machine.scope;
  const statements = source.units.get(unit) ?? [];
  const { binds, keeps } = footprint(unit, statements);
  const known = new Set([...binds].filter((name) => variables.has(name)));
  const stars = machine.stars.length;
  const before = [machine.made, machine.functional, machine.walks, machine.ties].map(({ length }) => length);
  const [made = 0, functional = 0, walks = 0, ties = 0] = before;
  const reading = run(machine, "Code of the module", () => {
    machine.execute(statements, machine.scope);
    return [];
  });
  const bindings = [...binds].flatMap((name) => {
    const value = variables.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  // New names stand in the order in which they will be put back.
  for (const [name, value] of bindings) {
    if (!known.has(name)) variables.delete(name);
    variables.set(name, value);
  }
  return {
    reading,
    looks: looksOf(new Set([...reading.looked, ...keeps]), source, unit),
    bindings,
    shared: new Set(bindings.flatMap(([name, value]) => (isShared(value, machine.scope) ? [name] : []))),
    stars: machine.stars.slice(stars),
    made: {
      made: machine.made.slice(made),
      functional: machine.functional.slice(functional),
      walks: machine.walks.slice(walks),
      ties: machine.ties.slice(ties),
    },
  };
}

/** What was run asked for something that was kept and that it may have changed. */
function meetsKept({ name, binder }: Look, { pieces }: ModuleCode, dirty: ReadonlySet<Unit>): boolean {
  return binder !== null && !dirty.has(binder) && pieces.get(binder)?.shared.has(name) === true;
}

function join(unions: Unions, unit: Unit, looks: readonly Look[], pieces: ReadonlyMap<Unit, Piece>): void {
  for (const { name, binder } of looks)
    if (binder !== null && pieces.get(binder)?.shared.has(name) === true) unions.join(unit, binder);
}

function joined(all: readonly Made[]): Made {
  return {
    made: all.flatMap(({ made }) => made),
    functional: all.flatMap(({ functional }) => functional),
    walks: all.flatMap(({ walks }) => walks),
    ties: all.flatMap(({ ties }) => ties),
  };
}
