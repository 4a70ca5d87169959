import { ModeScopeError } from "../../../base/errors.ts";

/** Values for inputs that the stimuli do not hold, one for all items, by input name. */
export function readFill(fill: unknown = {}): Readonly<Record<string, number>> {
  const refusal = (message: string) => new ModeScopeError("bad-request", message, { field: "fill" });
  if (typeof fill !== "object" || fill === null || Array.isArray(fill))
    throw refusal("Values for inputs are a record by input name.");
  const filled: Record<string, number> = {};
  for (const [name, number] of Object.entries(fill)) {
    if (typeof number !== "number" || !Number.isFinite(number)) throw refusal(`The value for ${name} is no number.`);
    filled[name] = number;
  }
  return filled;
}
