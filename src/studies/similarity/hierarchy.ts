import { modeHierarchyAnalysis } from "../../analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { rowsOf } from "../../numerics/similarity/matrix.ts";
import type { StudyContext } from "../types.ts";

const NAME = "representation";
/** Permutations behind purity and cophenetic correlation: p down to 0.004. */
const DRAWS = 250;

/**
 * The items that `shown` names (ascending) as the tree of one representation's modes: the analysis of tensors, asked of a checkpoint that holds this one
 * matrix, items in its rows.
 */
export async function hierarchyOfItems(
  representation: DenseMatrix,
  shown: Int32Array,
  { cancel, signal, progress }: Pick<StudyContext, "cancel" | "signal" | "progress">,
): Promise<ModeHierarchyResult> {
  const { rows, columns, data } = rowsOf(representation, shown);
  const tensor: DescribedTensor = {
    name: NAME,
    shape: [rows, columns],
    dtype: "f64",
    elements: rows * columns,
    storedBytes: 8 * rows * columns,
    role: "weight",
    layout: "out-in",
    evidence: "made of a representation",
    parts: [],
    matrix: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows, columns },
  };
  const checkpoint: Checkpoint = {
    format: "memory",
    framework: "unknown",
    tensors: [tensor],
    metadata: {},
    findings: [],
    skipped: [],
    version: "memory",
    bytesRead: () => 0,
    read: async (_tensor, start, count) => data.subarray(start, start + count),
    close: async () => {},
  };
  return modeHierarchyAnalysis.run(
    { checkpoint, tensor, part: null, target: { tensor: NAME, part: null, tap: null }, cancel, signal, progress },
    { items: "rows", draws: DRAWS },
  );
}
