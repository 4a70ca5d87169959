import { modeHierarchyAnalysis } from "../../analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { ParameterValues } from "../../analysis/types.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import type { StudyContext } from "../types.ts";

/** The mode hierarchy of a matrix in memory: the analysis of tensors, asked of a checkpoint that holds this one. `made`: what it was made of, in words. */
export async function hierarchyOfMatrix(
  { rows, columns, data }: DenseMatrix,
  made: string,
  parameters: ParameterValues,
  { cancel, signal, progress }: Pick<StudyContext, "cancel" | "signal" | "progress">,
): Promise<ModeHierarchyResult> {
  const tensor: DescribedTensor = {
    name: made,
    shape: [rows, columns],
    dtype: "f64",
    elements: rows * columns,
    storedBytes: 8 * rows * columns,
    role: "weight",
    layout: "out-in",
    evidence: `made of a ${made}`,
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
    { checkpoint, tensor, part: null, target: { tensor: made, part: null, tap: null }, cancel, signal, progress },
    parameters,
  );
}
