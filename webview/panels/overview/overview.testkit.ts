import type { SpectrumResult } from "../../../src/analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../../src/analysis/statistics/types.ts";
import type { DescribedTensor, TensorPart } from "../../../src/base/tensor.ts";
import type { CheckpointSummary, TargetOutcome } from "../../../src/protocol/contract.ts";
import type { CheckpointLintResult } from "../../../src/studies/checkpoint-lint/types.ts";
import { OverviewModel } from "./model.ts";

export function tensor(name: string, shape: readonly number[], more: Partial<DescribedTensor> = {}): DescribedTensor {
  const elements = shape.reduce((product, n) => product * n, 1);
  const [rows = 1, columns = 1] = shape;
  return {
    name,
    shape,
    dtype: "f32",
    elements,
    storedBytes: elements * 4,
    role: shape.length > 1 ? "weight" : "bias",
    layout: shape.length > 1 ? "out-in" : "none",
    evidence: "named so",
    parts: [],
    ...(shape.length === 2
      ? { matrix: { kind: "linear" as const, rowAxes: [0], columnAxes: [1], fixed: [], rows, columns } }
      : {}),
    ...more,
  };
}

export function gates(hidden: number): readonly TensorPart[] {
  return ["gate i", "gate f", "gate g", "gate o"].map((label, index) => ({
    label,
    axis: 0,
    start: index * hidden,
    length: hidden,
  }));
}

export function modelOf(...tensors: readonly DescribedTensor[]): OverviewModel {
  const model = new OverviewModel();
  model.add(tensors);
  return model;
}

export function statistics(more: Partial<StatisticsResult> = {}): StatisticsResult {
  return {
    elements: 6,
    finite: 6,
    zeros: 0,
    nan: 0,
    infinite: 0,
    mean: 0,
    std: 1,
    min: -1,
    max: 1,
    meanSquare: 1,
    firstNonFinite: null,
    contentHash: "00",
    sigmaW2: null,
    ...more,
  };
}

export function spectrum(spectralNorm: number): SpectrumResult {
  const exact = (value: number) => ({ value, how: { kind: "exact", method: "SVD" } as const });
  return {
    reading: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows: 2, columns: 3 },
    rows: 2,
    columns: 3,
    promise: "exact",
    singularValues: Float64Array.of(spectralNorm, spectralNorm / 2),
    residuals: null,
    spectralNorm: exact(spectralNorm),
    frobeniusNorm: exact(spectralNorm),
    stableRank: exact(1.25),
    effectiveRank: { value: 1.9, how: { kind: "estimate", standardError: 0.1, method: "density" } },
    participationRatio: null,
    hoyer: exact(0.2),
    floor: 0,
    density: null,
    rankNulls: {
      stableRank: { value: 1.3, spread: 0.2 },
      effectiveRank: { value: 1.8, spread: 0.1 },
      participationRatio: { value: 1, spread: 0.1 },
      hoyer: { value: 0.3, spread: 0.1 },
    },
    noise: { value: null, reason: "Only 2 singular values." },
    orthogonality: { verdict: "no", gain: exact(1), largestDeviation: exact(1) },
    meanOutlier: exact(0),
    meanStrength: exact(0),
    heavyEntries: { count: 0, threshold: 1, largest: [] },
    remarks: [],
    powerLaw: { value: null, reason: "No tail." },
    sparkline: Float32Array.of(1, 0.5),
    degenerate: null,
  };
}

/** One finding of the lint about a tensor. */
export function finding(
  tensor: string | null,
  rule: string,
  severity: "error" | "warning" | "information",
  part: number | null = null,
): CheckpointLintResult["findings"][number] {
  return { rule, severity, tensor, part, message: `${rule} says so.`, assumptions: [], stated: null };
}

/** What the lint says of a weight that was trained. */
export function weight(name: string, part: number | null = null): CheckpointLintResult["weights"][number] {
  return {
    tensor: name,
    part,
    partLabel: null,
    origin: { kind: "trained", evidence: "rows differ in size" },
    fanIn: 3,
    sigmaW2: 2,
    standardError: 0.1,
    activation: { name: "ReLU", evidence: "the file's graph", critical: 2 },
    rank: { rank: 2, full: 3 },
  };
}

export function lintResult(more: Partial<CheckpointLintResult> = {}): CheckpointLintResult {
  return {
    name: "model.pt",
    verdict: { kind: "initialization", sentence: "Looks like before training." },
    weights: [],
    findings: [],
    skipped: [],
    notes: [],
    ranksWaiting: 0,
    sources: [],
    ...more,
  };
}

export function done(name: string, result: unknown, part: number | null = null): TargetOutcome {
  return {
    target: { tensor: name, part, tap: null },
    outcome: { kind: "done", result, fromCache: false, milliseconds: 1 },
  };
}

export function summary(more: Partial<CheckpointSummary> = {}): CheckpointSummary {
  return {
    checkpoint: "c1",
    uri: "file:///w/model.pt",
    name: "model.pt",
    format: "pytorch",
    formatTitle: "PyTorch checkpoint (zip)",
    framework: "pytorch",
    version: "1",
    fileBytes: 1000,
    bytesRead: 100,
    openMilliseconds: 3,
    totals: {
      tensors: 2,
      parameters: 9,
      storedBytes: 36,
      dtypes: [{ dtype: "f32", tensors: 2, elements: 9, bytes: 36 }],
    },
    findings: [],
    skipped: [],
    metadata: {},
    ...more,
  };
}
