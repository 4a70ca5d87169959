/**
 * What a pickle stream turns into: plain data. Nothing here can run, import or resolve anything.
 * Containers are classes so that a tuple stays distinguishable from a list and a dict's keys never become property names.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleFloat
  | PickleList
  | PickleTuple
  | PickleSet
  | PickleDict
  | PickleGlobal
  | PickleObject
  | PicklePersistent;

/** A Python float; kept apart from int so that 3.0 and 3 stay different kinds of value. */
export class PickleFloat {
  constructor(readonly value: number) {}
}

export class PickleList {
  constructor(readonly items: PickleValue[] = []) {}
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

export class PickleSet {
  readonly items = new Set<PickleValue>();
}

/** dict, OrderedDict and their relatives. `state` is what BUILD added (an OrderedDict's `_metadata`). */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();
  state: PickleValue = null;
}

/** A reference to something importable. A name, never the thing. */
export class PickleGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get path(): string {
    return this.module === "" ? this.name : `${this.module}.${this.name}`;
  }
}

/** What a call or a class instance would have been: kept as inert data. */
export class PickleObject {
  state: PickleValue = null;
  /** What APPEND(S) or ADDITEMS put in (list and set subclasses). */
  readonly items: PickleValue[] = [];
  /** What SETITEM(S) put in (dict subclasses). */
  readonly entries = new Map<PickleValue, PickleValue>();
  constructor(
    readonly callee: PickleGlobal,
    readonly args: readonly PickleValue[],
    /** `call`: the stream asks for a function call. `instance`: a class instance without running its initializer. */
    readonly made: "call" | "instance",
  ) {}

  get path(): string {
    return this.callee.path;
  }
}

/** A persistent id: the framework's pointer to data outside the stream (PyTorch storages). */
export class PicklePersistent {
  constructor(readonly id: PickleValue) {}
}

/** The number in an int or float value, or undefined. Integers beyond 2^53 are not numbers here. */
export function asNumber(value: PickleValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  return value instanceof PickleFloat ? value.value : undefined;
}

/** Items of a tuple or a list, or undefined. */
export function asSequence(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  return value instanceof PickleTuple || value instanceof PickleList ? value.items : undefined;
}

/** A whole number that counts or positions something: non-negative and below 2^53. */
export function asCount(value: PickleValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
