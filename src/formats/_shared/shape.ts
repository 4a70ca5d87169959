import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../base/limits.ts";

/** Number of elements of a declared shape, or the reason why it is none. */
export function elementsOf(shape: readonly number[]): number | string {
  if (shape.length > MAX_RANK) return `it has ${shape.length} axes; at most ${MAX_RANK} are read`;
  let elements = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0)
      return `its shape [${shape.slice(0, 8).join(", ")}] is no list of sizes`;
    elements *= length;
    // An axis of length 0 makes any product 0, but not an absurd one acceptable.
    if (elements > MAX_TENSOR_ELEMENTS) return `its shape [${shape.slice(0, 8).join(", ")}] has too many elements`;
  }
  return elements;
}
