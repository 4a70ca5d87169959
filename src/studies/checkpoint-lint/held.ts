import { DTYPES } from "../../base/dtype.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { measureWeight } from "../../lint/checkpoint/measure.ts";
import type { HeldTensor, MeasuredWeight } from "../../lint/checkpoint/types.ts";
import type { CheckpointFinding } from "../../lint/types.ts";
import type { StudyContext, StudyFile } from "../types.ts";

/** Larger tensors beside the weights are not read: they are no biases and no norms. */
const MOST_BESIDE = 2 ** 20;

export interface Beside {
  readonly findings: readonly CheckpointFinding[];
  readonly vectors: readonly HeldTensor[];
}

export const NOTHING_BESIDE: Beside = { findings: [], vectors: [] };

/** Biases, scales and shifts of norms, positions and lone parameters: values that are no numbers in them, and how their entries lie. */
export async function readBeside(
  { checkpoint, tensors }: StudyFile,
  { cancel, signal }: StudyContext,
): Promise<Beside> {
  const findings: CheckpointFinding[] = [];
  const vectors: HeldTensor[] = [];
  for (const { name, role, dtype, elements } of tensors) {
    if (role === "weight" || role === "embedding" || role === "optimizer-state") continue;
    if (DTYPES[dtype].kind !== "float" || elements > MOST_BESIDE || elements === 0) continue;
    cancel.throwIfCancelled();
    const values = await checkpoint.read(name, 0, elements, signal);
    const measure = measureWeight(values, 1, elements);
    if (role !== "buffer" && role !== "ema")
      vectors.push({
        tensor: name,
        role: "vector",
        fused: false,
        measures: [measure],
        origins: [],
        shape: null,
        entries: elements,
        weight: null,
      });
    const { nan, infinite } = measure;
    // Masks and a graph's own constants hold infinities on purpose.
    if (nan === 0 && (infinite === 0 || (role !== "bias" && role !== "norm"))) continue;
    if (role === "scalar" && checkpoint.graph !== undefined) continue;
    findings.push({
      rule: "MF022",
      severity: "error",
      tensor: name,
      part: null,
      message: `${nan} NaN and ${infinite} infinite of ${elements} entries of a ${role}: training has diverged, or the file is damaged.`,
      assumptions: [],
      stated: null,
    });
  }
  return { findings, vectors };
}

/** Weights and tables as a source states them: blocks of a fused tensor together. */
export function heldWeights(
  weights: readonly MeasuredWeight[],
  tensors: readonly DescribedTensor[],
): readonly HeldTensor[] {
  const sizes = new Map(tensors.map(({ name, elements }) => [name, elements]));
  const held = new Map<string, HeldTensor>();
  for (const [index, { tensor, part, shape, measure, origin }] of weights.entries()) {
    const before = held.get(tensor);
    held.set(tensor, {
      tensor,
      role: shape.kind === "embedding" ? "table" : "weight",
      fused: part !== null,
      measures: [...(before?.measures ?? []), measure],
      origins: [...(before?.origins ?? []), origin],
      shape: part === null ? shape : null,
      entries: sizes.get(tensor) ?? measure.rows * measure.columns,
      weight: part === null ? index : null,
    });
  }
  return [...held.values()];
}
