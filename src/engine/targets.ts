import type { TargetRef } from "../analysis/types.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import { isRecord } from "../protocol/guards.ts";

/** Every tensor as rows of the table: fused tensors part by part, never as a whole (theory.md §0). */
export function allTargets(tensors: readonly DescribedTensor[]): TargetRef[] {
  return tensors.flatMap((tensor): TargetRef[] =>
    tensor.parts.length === 0
      ? [{ tensor: tensor.name, part: null, tap: null }]
      : tensor.parts.map((_, part) => ({ tensor: tensor.name, part, tap: null })),
  );
}

export function targetKey(target: TargetRef): string {
  return JSON.stringify([target.tensor, target.part, target.tap]);
}

/** Checks what came over the wire. */
export function readTarget(value: unknown): TargetRef {
  if (isRecord(value) && typeof value.tensor === "string") {
    const part = value.part ?? null;
    const tap = value.tap ?? null;
    const partOk = part === null || (Number.isSafeInteger(part) && (part as number) >= 0);
    const tapOk =
      tap === null || (Array.isArray(tap) && tap.every((index) => Number.isSafeInteger(index) && index >= 0));
    if (partOk && tapOk) return { tensor: value.tensor, part: part as number | null, tap: tap as number[] | null };
  }
  throw new ModeScopeError(
    "bad-request",
    "A target needs a tensor name, and a part and a tap that are numbers or null.",
    { field: "target" },
  );
}

/** The part that a target names, checked against the tensor. */
export function partOf(tensor: DescribedTensor, target: TargetRef) {
  if (target.part === null) return null;
  const part = tensor.parts[target.part];
  if (part === undefined) {
    throw new ModeScopeError(
      "bad-request",
      `${tensor.name} has ${tensor.parts.length} parts; part ${target.part} was asked for.`,
      {
        tensor: tensor.name,
        field: "target.part",
      },
    );
  }
  return part;
}
