import { ModeScopeError } from "../../base/errors.ts";
import { readFill } from "../_shared/graph/fill.ts";
import type { ActivationsParameters } from "./types.ts";

/** Checks what the editor or the command line asks for. */
export function readParameters(value: unknown): ActivationsParameters {
  const { layers = null, pooling = "flatten", fill = {} } = Object(value) as Record<string, unknown>;
  if (layers !== null && typeof layers !== "string") throw refusal("layers", "Layers are a pattern of names.");
  if (pooling !== "flatten" && pooling !== "mean") throw refusal("pooling", "Pooling is flatten or mean.");
  return { layers, pooling, fill: readFill(fill) };
}

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
