import { filledLabels, type LabelList } from "../../base/labels.ts";
import type { SemanticModesResult } from "../../studies/semantic-modes/types.ts";

/** The result with names from a label file where its own files have none. */
export function namedResult(result: SemanticModesResult, lists: readonly LabelList[]): SemanticModesResult {
  const { rows, columns, linked, itemSide } = result;
  const labels = { ...filledLabels(result.labels, rows, columns, lists), from: result.labels.from };
  return { ...result, labels, items: result.items ?? (linked ? labels[itemSide] : null) };
}
