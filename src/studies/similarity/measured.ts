import type { CancelToken } from "../../base/cancel.ts";
import { type Representation, withDissimilarities } from "../../numerics/similarity/measures.ts";
import type { CheckedParameters } from "./parameters.ts";

/** Of a dissimilarity: itself, and its place in the order of all (`rankedRdm.ts`). */
const BYTES_OF_ENTRY = 22;
const MOST_MEASURED = 2 ** 30;

/** For RSA the dissimilarities once and for all draws of items, where those of all layers fit. */
export function measured<Layer extends Representation>(
  loaded: readonly Layer[],
  parameters: CheckedParameters,
  cancel: CancelToken,
): readonly Layer[] {
  const items = loaded[0]!.values.rows;
  const fits = loaded.length * items * items * BYTES_OF_ENTRY <= MOST_MEASURED;
  return parameters.compare && parameters.measure === "rsa" && fits
    ? withDissimilarities(loaded, { ...parameters, cancel })
    : loaded;
}
