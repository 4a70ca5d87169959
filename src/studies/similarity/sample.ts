import { someItems } from "./cells.ts";
import type { CheckedParameters } from "./parameters.ts";

/** Items that a measure takes unless it is asked for more: its cost grows with their square (or with ranks of all pairs). */
const FORMED = 1000;
const RANKED = 300;
/** Values of all layers together before items are drawn: the same bound as of what is kept. */
const MOST_ELEMENTS = 2 ** 28;

export function mostItems(
  { items, measure, comparison, pooling }: CheckedParameters,
  shapes: readonly (readonly number[])[],
): number {
  if (items > 0) return items;
  if (measure === "rsa") return comparison === "tau-a" ? RANKED : FORMED;
  if (measure !== "cka" && measure !== "debiased-cka" && measure !== "minibatch-cka") return FORMED;
  // Linear CKA takes all of them, as far as memory goes.
  const width = shapes.reduce((sum, shape) => sum + widthOf(shape, pooling), 0);
  return Math.max(FORMED, Math.floor(MOST_ELEMENTS / Math.max(1, width)));
}

function widthOf(shape: readonly number[], pooling: CheckedParameters["pooling"]): number {
  if (pooling === "flatten" || shape.length < 3) return shape.slice(1).reduce((product, length) => product * length, 1);
  return pooling === "mean-last" ? shape[1]! : shape[shape.length - 1]!;
}

export const sampleOf = someItems;
