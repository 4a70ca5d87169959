import { type CallArguments, UNKNOWN, type Value } from "../values/types.ts";

/** Arguments by the names of the signature they are passed to. An open call may hold what it does not show: then absent is unknown. */
export class Bound {
  readonly #args: CallArguments;
  readonly #signature: readonly string[];

  constructor(args: CallArguments, signature: readonly string[]) {
    this.#args = args;
    this.#signature = signature;
  }

  /** Undefined where the default holds. */
  get(name: string): Value | undefined {
    return this.#given(name) ?? (this.#args.open ? UNKNOWN : undefined);
  }

  has(name: string): boolean {
    return this.#given(name) !== undefined;
  }

  #given(name: string): Value | undefined {
    const { positional, named, open } = this.#args;
    const value = named.get(name);
    if (value !== undefined) return value;
    const at = this.#signature.indexOf(name);
    const placed = at < 0 ? undefined : positional[at];
    // What was spread from a list of any length stands for no argument of its own.
    return placed === undefined || (open && placed.kind === "list" && placed.loops === -1) ? undefined : placed;
  }
}

const signatures = new Map<string, readonly string[]>();

/** Names between spaces. The lint knows some hundred signatures and asks for each thousands of times. */
export function signature(names: string): readonly string[] {
  const known = signatures.get(names);
  if (known !== undefined) return known;
  const fresh = names.split(" ");
  signatures.set(names, fresh);
  return fresh;
}
