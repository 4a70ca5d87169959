import { ABSENT, type Journal, type Outcome } from "./journal.ts";
import { equal } from "./quantity.ts";
import { type Law, UNKNOWN, type Value } from "./types.ts";

/** What may be after either of two branches. Where they differ, only what both have in common is known. */
export function joinValues(a: Value, b: Value): Value {
  return joinBounded(a, b, { left: MOST_JOINED });
}

/** Lists in lists may hold one another over and over: beyond so many pairs nothing is known. */
const MOST_JOINED = 50_000;

function joinBounded(a: Value, b: Value, budget: { left: number }): Value {
  if (a === b) return a;
  if (--budget.left < 0) return UNKNOWN;
  if (a.kind === "number" && b.kind === "number") return equal(a.value, b.value) ? a : UNKNOWN;
  if ((a.kind === "string" && b.kind === "string") || (a.kind === "bool" && b.kind === "bool"))
    return a.value === b.value ? a : UNKNOWN;
  if (a.kind === "none" && b.kind === "none") return a;
  if (a.kind === "external" && b.kind === "external") return a.path === b.path ? a : UNKNOWN;
  if (a.kind === "unknown" && b.kind === "unknown") return a.key === b.key ? a : UNKNOWN;
  if (a.kind === "list" && b.kind === "list" && a.items.length === b.items.length) {
    const items = a.items.map((item, index) => joinBounded(item, b.items[index] ?? UNKNOWN, budget));
    return { ...a, items, rest: a.rest === b.rest ? a.rest : { value: UNKNOWN, count: null } };
  }
  if (
    a.kind === "module" &&
    b.kind === "module" &&
    a.type === b.type &&
    a.path === b.path &&
    a.site.from === b.site.from &&
    a.site.unit === b.site.unit
  )
    return a;
  return UNKNOWN;
}

/** Label of the law of weights that come from a checkpoint. */
export const LOADED = "loaded from a checkpoint";

function joinLaws(a: Law, b: Law): Law {
  if (a === b || (a.family === b.family && equal(a.variance, b.variance) && equal(a.mean, b.mean))) return a;
  // What a checkpoint overwrites only if there is one to resume from starts as its own law says.
  if (a.label === LOADED) return b;
  if (b.label === LOADED) return a;
  return {
    family: "unknown",
    variance: null,
    mean: null,
    call: a.call ?? b.call,
    label: "one of several, as a condition decides",
    mode: null,
    gain: null,
  };
}

/** Maps that are dictionaries of the source: an entry that one branch alone makes may be absent, and then a default counts. */
export const DICTIONARIES = new WeakSet<object>();

/** After two trials from one state: every place that either wrote holds what may be there now. `merge` joins what is neither value nor law. */
export function joinOutcomes(
  journal: Journal,
  first: readonly Outcome[],
  second: readonly Outcome[],
  values: (a: Value, b: Value) => Value = joinValues,
): void {
  const places = new Map<object, Map<string, { outcome: Outcome; a: unknown; b: unknown }>>();
  const keysOf = (target: object) => {
    const known = places.get(target) ?? new Map();
    places.set(target, known);
    return known;
  };
  for (const outcome of first)
    keysOf(outcome.target).set(outcome.key, { outcome, a: outcome.after, b: outcome.before });
  for (const outcome of second) {
    const known = keysOf(outcome.target).get(outcome.key);
    keysOf(outcome.target).set(outcome.key, {
      outcome,
      a: known === undefined ? outcome.before : known.a,
      b: outcome.after,
    });
  }
  for (const keys of places.values())
    for (const { outcome, a, b } of keys.values())
      journal.settle(
        outcome,
        DICTIONARIES.has(outcome.target) && (a === ABSENT || b === ABSENT) ? UNKNOWN : joined(a, b, values),
      );
}

function joined(a: unknown, b: unknown, values: (a: Value, b: Value) => Value): unknown {
  if (a === b) return a;
  if (isLaw(a) && isLaw(b)) return joinLaws(a, b);
  // A name that one branch alone binds: using it supposes that this branch was taken.
  if (a === ABSENT) return b;
  if (b === ABSENT) return a;
  if (isValue(a) && isValue(b)) return values(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return joinItems(a, b, values);
  if (typeof a === "string" && typeof b === "string")
    return a === "initialized" || b === "initialized" ? "initialized" : "unknown";
  if (typeof a === "boolean") return true;
  // A deferred law against none, or a rest against none: the one that says less.
  return isRest(a) || isRest(b) ? { value: UNKNOWN, count: null } : unknownDraw;
}

function joinItems(a: readonly unknown[], b: readonly unknown[], values: (a: Value, b: Value) => Value): unknown[] {
  const shorter = Math.min(a.length, b.length);
  const same = a.slice(0, shorter).map((item, index) => joined(item, b[index], values));
  // One branch appended more: what comes after the common part may or may not be there.
  return a.length === b.length
    ? same
    : [...same, ...Array.from({ length: Math.abs(a.length - b.length) }, () => UNKNOWN)];
}

const unknownDraw = (): Law => ({
  family: "unknown",
  variance: null,
  mean: null,
  call: null,
  label: "one of several, as a condition decides",
  mode: null,
  gain: null,
});

function isValue(value: unknown): value is Value {
  return typeof value === "object" && value !== null && "kind" in value;
}

function isLaw(value: unknown): value is Law {
  return typeof value === "object" && value !== null && "family" in value;
}

function isRest(value: unknown): boolean {
  return typeof value === "object" && value !== null && "count" in value;
}
