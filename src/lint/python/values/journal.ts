/**
 * Every change of state during interpretation goes through here, so that a branch whose condition is not known can be run, undone, and the other one run
 * from the same state; `join` then says what is left standing of both.
 */
interface Change {
  /** Where: a field of an object, or an entry of a map. */
  readonly target: object;
  readonly key: string;
  /** What was there; `ABSENT` where a map held nothing. */
  readonly before: unknown;
}

/** What a map holds where it holds nothing. */
export const ABSENT = Symbol("absent");

export interface Outcome extends Change {
  readonly after: unknown;
}

export class Journal {
  readonly #open: Change[][] = [];

  setEntry<Item>(map: Map<string, Item>, key: string, value: Item): void {
    this.#record(map, key);
    map.set(key, value);
  }

  setField<Target extends object, Key extends keyof Target & string>(
    target: Target,
    key: Key,
    value: Target[Key],
  ): void {
    this.#record(target, key);
    target[key] = value;
  }

  /** Runs, tells what changed, and undoes all of it. */
  trial<Result>(run: () => Result): { result: Result; changes: readonly Outcome[] } {
    const mine: Change[] = [];
    this.#open.push(mine);
    try {
      const result = run();
      return {
        result,
        changes: firstOfEach(mine).map(({ target, key, before }) => ({
          target,
          key,
          before,
          after: read(target, key),
        })),
      };
    } finally {
      this.#open.pop();
      undo(mine);
    }
  }

  /** Runs and undoes. */
  undone<Result>(run: () => Result): Result {
    const mine: Change[] = [];
    this.#open.push(mine);
    try {
      return run();
    } finally {
      this.#open.pop();
      undo(mine);
    }
  }

  /** Makes a change that a trial found stick. */
  settle({ target, key, before }: Change, value: unknown): void {
    this.#open.at(-1)?.push({ target, key, before });
    write(target, key, value);
  }

  #record(target: object, key: string): void {
    this.#open.at(-1)?.push({ target, key, before: read(target, key) });
  }
}

function undo(changes: Change[]): void {
  for (const { target, key, before } of changes.reverse()) write(target, key, before);
}

function read(target: object, key: string): unknown {
  if (target instanceof Map) return target.has(key) ? target.get(key) : ABSENT;
  return Reflect.get(target, key);
}

function write(target: object, key: string, value: unknown): void {
  if (!(target instanceof Map)) Reflect.set(target, key, value);
  else if (value === ABSENT) target.delete(key);
  else target.set(key, value);
}

/** What was changed twice was, before both, what the first found. */
function firstOfEach(changes: readonly Change[]): readonly Change[] {
  if (changes.length < 2) return changes;
  const seen = new Map<object, Set<string>>();
  return changes.filter(({ target, key }) => {
    const keys = seen.get(target);
    if (keys === undefined) {
      seen.set(target, new Set([key]));
      return true;
    }
    return !keys.has(key) && keys.add(key);
  });
}
