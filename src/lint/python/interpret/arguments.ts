import { type CallArguments, UNKNOWN, type Value } from "../values/types.ts";

/** Arguments by the names of the signature they are passed to. An open call may hold what it does not show: then absent is unknown. */
export class Bound {
  readonly #values = new Map<string, Value>();
  readonly #open: boolean;

  constructor(args: CallArguments, signature: readonly string[]) {
    this.#open = args.open;
    args.positional.forEach((value, index) => {
      const name = signature[index];
      if (name !== undefined && !(args.open && value.kind === "list" && value.loops === -1))
        this.#values.set(name, value);
    });
    for (const [name, value] of args.named) this.#values.set(name, value);
  }

  /** Undefined where the default holds. */
  get(name: string): Value | undefined {
    return this.#values.get(name) ?? (this.#open ? UNKNOWN : undefined);
  }

  has(name: string): boolean {
    return this.#values.has(name);
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
