import { type FusedReading, known, unknown } from "./fused.ts";
import type { Subject } from "./subject.ts";

/**
 * The input projection of a Mamba mixer carries the signal and its gate in one tensor. Mamba 1 (A_log of shape
 * inner × state) keeps them as two halves; Mamba 2 (A_log a vector) adds B, C and the step, of sizes that only the
 * configuration knows.
 */
export function stateSpaceParts(subject: Subject, outputAxis: number): FusedReading | undefined {
  const { leaf, parent, tensor } = subject;
  if (parent !== "in_proj" || (leaf !== "weight" && leaf !== "bias")) return undefined;
  const decay = subject.cousin("A_log");
  if (decay === undefined) return undefined;
  const rows = tensor.shape[outputAxis] ?? 0;
  return decay.shape.length === 2 && rows === 2 * (decay.shape[0] ?? 0)
    ? known(["x", "z"], outputAxis, rows, "in_proj of a Mamba mixer, signal x and gate z")
    : unknown("fused in_proj of a state-space mixer, split unknown");
}
