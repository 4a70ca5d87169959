import { modeHierarchyAnalysis } from "../../analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import type { StudyContext } from "../types.ts";
import type { SemanticModesParameters } from "./types.ts";

const NAME = "table";

/** The hierarchy of a matrix in memory, items in its columns: the analysis of tensors, asked of a checkpoint that holds this one. */
export async function treeOfItems(
  { rows, columns, data }: DenseMatrix,
  centre: boolean,
  { geometry, gap, draws }: SemanticModesParameters,
  { cancel, signal }: Pick<StudyContext, "cancel" | "signal">,
  progress: (fraction: number) => void,
): Promise<ModeHierarchyResult> {
  const tensor: DescribedTensor = {
    name: NAME,
    shape: [rows, columns],
    dtype: "f64",
    elements: rows * columns,
    storedBytes: 8 * rows * columns,
    role: "weight",
    layout: "out-in",
    evidence: "made of a table",
    parts: [],
    matrix: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows, columns },
  };
  const values = Float64Array.from(data);
  const checkpoint: Checkpoint = {
    format: "memory",
    framework: "unknown",
    tensors: [tensor],
    metadata: {},
    findings: [],
    skipped: [],
    version: "memory",
    bytesRead: () => 0,
    read: async (_tensor, start, count) => values.subarray(start, start + count),
    close: async () => {},
  };
  return modeHierarchyAnalysis.run(
    { checkpoint, tensor, part: null, target: { tensor: NAME, part: null, tap: null }, cancel, signal, progress },
    { items: "columns", centre, geometry, gap, draws },
  );
}
