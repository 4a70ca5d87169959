import { exactly, knownNumber, type Quantity, symbol } from "./quantity.ts";
import { type NumberValue, UNKNOWN, type UnknownValue, type Value } from "./types.ts";

/** As a number, with a name in place of what is not known; null for what is no number. */
export function quantityOf(value: Value | undefined): Quantity | null {
  if (value === undefined) return null;
  if (value.kind === "number") return value.value;
  if (value.kind === "bool") return exactly(value.value ? 1 : 0);
  return value.kind === "unknown" && value.key !== null ? symbol(value.key) : null;
}

export function numberOf(value: Value | undefined): number | null {
  return knownNumber(quantityOf(value));
}

export function textOf(value: Value | undefined): string | null {
  return value?.kind === "string" ? value.value : null;
}

export function numberValue(quantity: Quantity | null): NumberValue | UnknownValue {
  if (quantity === null) return UNKNOWN;
  const [only] = quantity.powers;
  // A bare name is the unknown that it stands for: then it can be walked, called and looked into as well.
  if (quantity.factor === 1 && quantity.powers.length === 1 && only?.[1] === 1)
    return { kind: "unknown", key: only[0] };
  return { kind: "number", value: quantity };
}

/** Whether it counts as true; null: cannot tell. */
export function truthOf(value: Value): boolean | null {
  switch (value.kind) {
    case "bool":
      return value.value;
    case "none":
      return false;
    case "number": {
      const known = knownNumber(value.value);
      return known === null ? null : known !== 0;
    }
    case "string":
      return value.value !== "";
    case "list":
      return value.items.length > 0 ? true : value.rest === null ? false : null;
    case "dict":
      return value.entries.size > 0 ? true : value.open ? null : false;
    case "unknown":
    case "signal":
    case "series":
      return null;
    default:
      return true;
  }
}
