import type { TensorPart } from "../../base/tensor.ts";

/**
 * How a fused tensor comes apart. `known`: equal blocks in a known order. `unknown`: surely several maps in one
 * tensor, but where one ends and the next begins cannot be told, so nothing may be computed from the whole.
 */
export type FusedReading =
  | { readonly kind: "known"; readonly parts: readonly TensorPart[]; readonly evidence: string }
  | { readonly kind: "unknown"; readonly evidence: string };

function equalParts(labels: readonly string[], axis: number, length: number): readonly TensorPart[] {
  const each = length / labels.length;
  return labels.map((label, index) => ({ label, axis, start: index * each, length: each }));
}

export function known(labels: readonly string[], axis: number, length: number, evidence: string): FusedReading {
  return { kind: "known", parts: equalParts(labels, axis, length), evidence };
}

export function unknown(evidence: string): FusedReading {
  return { kind: "unknown", evidence };
}
