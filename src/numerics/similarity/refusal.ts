import { ModeScopeError } from "../../base/errors.ts";

/** Why a measure says nothing about what it was given. */
export type Condition =
  | "too-few-items"
  | "too-many-dimensions"
  | "too-many-items"
  | "degenerate"
  | "no-repeats"
  | "items-differ";

/** A measure's validity condition is not met: the number that its formula would give means nothing. */
export class RefusedError extends ModeScopeError {
  override readonly name = "RefusedError";
  constructor(
    readonly condition: Condition,
    message: string,
    remedy?: string,
  ) {
    super("unsupported", message, { field: condition, ...(remedy === undefined ? {} : { remedy }) });
  }
}

export function requireItems(n: number, least: number, what: string): void {
  if (n < least) throw new RefusedError("too-few-items", `${what} needs at least ${least} items; there are ${n}.`);
}

/** What `make` gives, null where it is refused. */
export function orNull<Value>(make: () => Value): Value | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof RefusedError) return null;
    throw error;
  }
}
