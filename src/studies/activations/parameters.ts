import { ModeScopeError } from "../../base/errors.ts";
import type { ActivationsParameters } from "./types.ts";

/** Checks what the editor or the command line asks for. */
export function readParameters(value: unknown): ActivationsParameters {
  const { layers = null, pooling = "flatten", fill = {} } = Object(value) as Record<string, unknown>;
  if (layers !== null && typeof layers !== "string" && !isListOfWords(layers))
    throw refusal("layers", "Layers are a pattern of names, or several.");
  if (pooling !== "flatten" && pooling !== "mean" && pooling !== "mean-middle")
    throw refusal("pooling", "Pooling is flatten, mean or mean-middle.");
  if (typeof fill !== "object" || fill === null || Array.isArray(fill))
    throw refusal("fill", "Values for inputs are a record by input name.");
  const filled: Record<string, number> = {};
  for (const [name, number] of Object.entries(fill)) {
    if (typeof number !== "number" || !Number.isFinite(number))
      throw refusal("fill", `The value for ${name} is no number.`);
    filled[name] = number;
  }
  return { layers, pooling, fill: filled };
}

const isListOfWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
