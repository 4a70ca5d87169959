/**
 * Every change of state during interpretation goes through here, so that a branch whose condition is not known can be run, undone, and the other one run
 * from the same state; `join` then says what is left standing of both.
 */
interface Change {
  /** Where: a field of an object, or an entry of a map. */
  readonly target: object;
  readonly key: string;
  readonly read: () => unknown;
  readonly write: (value: unknown) => void;
  readonly before: unknown;
}

/** What a map holds where it holds nothing. */
export const ABSENT = Symbol("absent");

export interface Outcome {
  readonly target: object;
  readonly key: string;
  readonly write: (value: unknown) => void;
  readonly before: unknown;
  readonly after: unknown;
}

export class Journal {
  #open: Change[][] = [];

  setEntry<Item>(map: Map<string, Item>, key: string, value: Item): void {
    this.#record(map, key, () => (map.has(key) ? map.get(key) : ABSENT), entryWriter(map, key));
    map.set(key, value);
  }

  setField<Target extends object, Key extends keyof Target & string>(
    target: Target,
    key: Key,
    value: Target[Key],
  ): void {
    this.#record(
      target,
      key,
      () => target[key],
      (old) => Object.assign(target, { [key]: old }),
    );
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
        changes: firstOfEach(mine).map(({ target, key, read, write, before }) => ({
          target,
          key,
          write,
          before,
          after: read(),
        })),
      };
    } finally {
      this.#open.pop();
      for (const { write, before } of [...mine].reverse()) write(before);
    }
  }

  /** Makes a change that a trial found stick. */
  settle({ target, key, write, before }: Outcome, value: unknown): void {
    this.#open.at(-1)?.push({ target, key, read: () => value, write, before });
    write(value);
  }

  #record(target: object, key: string, read: () => unknown, write: (value: unknown) => void): void {
    this.#open.at(-1)?.push({ target, key, read, write, before: read() });
  }
}

/** What was changed twice was, before both, what the first found. */
function firstOfEach(changes: readonly Change[]): readonly Change[] {
  const seen = new Map<object, Set<string>>();
  return changes.filter(({ target, key }) => {
    const keys = seen.get(target) ?? new Set();
    seen.set(target, keys);
    return !keys.has(key) && keys.add(key);
  });
}

function entryWriter<Item>(map: Map<string, Item>, key: string): (value: unknown) => void {
  return (value) => {
    if (value === ABSENT) map.delete(key);
    else (map as Map<string, unknown>).set(key, value);
  };
}
