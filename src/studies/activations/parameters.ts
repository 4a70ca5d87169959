import { ModeScopeError } from "../../base/errors.ts";
import { readFill } from "../_shared/graph/fill.ts";
import type { ActivationsParameters } from "./types.ts";

/** Checks what the editor or the command line asks for. */
export function readParameters(value: unknown): ActivationsParameters {
  const { layers = null, pooling = "flatten", fill = {} } = Object(value) as Record<string, unknown>;
  if (layers !== null && typeof layers !== "string" && !isListOfWords(layers))
    throw refusal("layers", "Layers are a pattern of names, or several.");
  if (pooling !== "flatten" && pooling !== "mean" && pooling !== "mean-middle")
    throw refusal("pooling", "Pooling is flatten, mean or mean-middle.");
  return { layers, pooling, fill: readFill(fill) };
}

const isListOfWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
