import type { NoiseAccount, Said, SpectrumResult } from "../../../src/analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../../src/analysis/statistics/types.ts";
import type { TravelResult } from "../../../src/analysis/travel/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { SerializedError } from "../../../src/base/errors.ts";
import type { DescribedTensor, TensorPart } from "../../../src/base/tensor.ts";
import type { TargetOutcome } from "../../../src/protocol/contract.ts";
import type { CheckedWeight, CheckpointLintResult } from "../../../src/studies/checkpoint-lint/types.ts";

/** The analyses that the overview runs, in this order: the cheap one fills the table first. The last only where there is a checkpoint to compare with. */
export const OVERVIEW_ANALYSES = ["statistics", "spectrum", "travel"] as const;
export type OverviewAnalysis = (typeof OVERVIEW_ANALYSES)[number];

/** What the table keeps of a spectrum: the whole list of values of 10,000 matrices would not fit a webview. */
export type SpectrumRow = Omit<SpectrumResult, "singularValues" | "residuals" | "density" | "noise"> & {
  readonly noise: Said<Omit<NoiseAccount, "bulk" | "modes">>;
};

interface Results {
  readonly statistics: StatisticsResult;
  readonly spectrum: SpectrumRow;
  readonly travel: TravelResult;
}

export type Slot<T> =
  | { readonly kind: "waiting" }
  | { readonly kind: "done"; readonly result: T }
  | { readonly kind: "failed"; readonly error: SerializedError }
  | { readonly kind: "not-applicable"; readonly reason: string };

const WAITING = { kind: "waiting" } as const;
const NOT_COMPARED = { kind: "not-applicable", reason: "There is no earlier checkpoint to compare with." } as const;

/** One line of the table: a tensor, or one part of a fused tensor. A fused tensor has children and no results of its own. */
export interface Item {
  readonly key: string;
  readonly target: TargetRef;
  readonly tensor: DescribedTensor;
  readonly part: TensorPart | null;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly children: readonly Item[];
  statistics: Slot<StatisticsResult>;
  spectrum: Slot<SpectrumRow>;
  travel: Slot<TravelResult>;
  /** What the lint says; null until it has been heard of. */
  lint: ItemLint | null;
}

export type LintFinding = CheckpointLintResult["findings"][number];

export interface ItemLint {
  /** Worst first. */
  readonly findings: readonly LintFinding[];
  /** How the weight came to be; null for what is no weight, or was not looked at. */
  readonly weight: CheckedWeight | null;
}

/** Worst first. */
export const SEVERITIES = ["error", "warning", "information"] as const;

function bySeverity(a: LintFinding, b: LintFinding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}

export function worstFirst(findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.length < 2 ? findings : [...findings].sort(bySeverity);
}

function targetKey(target: TargetRef): string {
  return `${target.tensor}\u0000${target.part ?? ""}\u0000${target.tap?.join(",") ?? ""}`;
}

function makeItem(tensor: DescribedTensor, index: number | null, children: readonly Item[]): Item {
  const part = index === null ? null : (tensor.parts[index] ?? null);
  const target: TargetRef = { tensor: tensor.name, part: index, tap: null };
  const shape = part === null ? tensor.shape : tensor.shape.map((n, axis) => (axis === part.axis ? part.length : n));
  const elements = part === null ? tensor.elements : shape.reduce((product, n) => product * n, 1);
  return {
    key: targetKey(target),
    target,
    tensor,
    part,
    shape,
    elements,
    children,
    statistics: WAITING,
    spectrum: WAITING,
    travel: NOT_COMPARED,
    lint: null,
  };
}

/** The items that results belong to: a fused tensor's parts, else the tensor itself. */
export function leavesOf(item: Item): readonly Item[] {
  return item.children.length === 0 ? [item] : item.children;
}

export interface ReasonGroup {
  readonly reason: string;
  readonly kind: "skipped" | "not-applicable" | "failed";
  readonly names: readonly string[];
}

export class OverviewModel {
  readonly items: Item[] = [];
  #compared = false;
  readonly #leaves = new Map<string, Item>();
  #lint: CheckpointLintResult | null = null;

  /** What the lint said last, partial while it runs. */
  get lint(): CheckpointLintResult | null {
    return this.#lint;
  }

  /** Findings and verdicts to their lines; those of a whole fused tensor stand at each of its blocks as well. */
  applyLint(result: CheckpointLintResult): void {
    this.#lint = { ...result, findings: [...result.findings].sort(bySeverity) };
    const findings = new Map<string, LintFinding[]>();
    for (const finding of this.#lint.findings) {
      if (finding.tensor === null) continue;
      const key = targetKey({ tensor: finding.tensor, part: finding.part, tap: null });
      const own = findings.get(key) ?? [];
      findings.set(key, own);
      own.push(finding);
    }
    const weights = new Map(
      result.weights.map((weight) => [targetKey({ tensor: weight.tensor, part: weight.part, tap: null }), weight]),
    );
    for (const item of this.items) {
      const whole = findings.get(item.key) ?? [];
      const parts = item.children.map((child) => {
        const own = findings.get(child.key) ?? [];
        child.lint = { findings: [...whole, ...own].sort(bySeverity), weight: weights.get(child.key) ?? null };
        return own;
      });
      item.lint = { findings: [whole, ...parts].flat().sort(bySeverity), weight: weights.get(item.key) ?? null };
    }
  }

  /** The line that a finding is about; null for one about the file. */
  itemOf({ tensor, part }: Pick<LintFinding, "tensor" | "part">): Item | null {
    const item = this.items.find((one) => one.tensor.name === tensor);
    return item === undefined || part === null ? (item ?? null) : (item.children[part] ?? item);
  }

  add(tensors: readonly DescribedTensor[]): void {
    for (const tensor of tensors) {
      const children = tensor.parts.map((_, index) => makeItem(tensor, index, []));
      const item = makeItem(tensor, null, children);
      this.items.push(item);
      for (const leaf of leavesOf(item)) this.#leaves.set(leaf.key, leaf);
    }
  }

  /** Whether there is an earlier checkpoint to compare with. */
  get compared(): boolean {
    return this.#compared;
  }

  /** From now on changes since an earlier checkpoint are asked for. */
  compare(): void {
    this.#compared = true;
    for (const leaf of this.#leaves.values()) leaf.travel = WAITING;
  }

  get leafCount(): number {
    return this.#leaves.size;
  }

  /** Takes outcomes of one analysis; targets that are not in the table (a tap, an older version of the file) are left out. */
  apply(analysis: OverviewAnalysis, outcomes: readonly TargetOutcome[]): number {
    let taken = 0;
    for (const { target, outcome } of outcomes) {
      const leaf = this.#leaves.get(targetKey(target));
      if (leaf === undefined) continue;
      taken++;
      const slot: Slot<unknown> = outcome.kind === "done" ? { kind: "done", result: outcome.result } : outcome;
      if (analysis === "statistics") leaf.statistics = slot as Slot<Results["statistics"]>;
      else if (analysis === "travel") leaf.travel = slot as Slot<Results["travel"]>;
      else leaf.spectrum = compact(slot as Slot<SpectrumResult>);
    }
    return taken;
  }

  /** Targets without an outcome yet: what a resumed run has to do. A cancelled job is one that has not been done. */
  waiting(analysis: OverviewAnalysis): readonly TargetRef[] {
    return [...this.#leaves.values()].filter((leaf) => isOpen(leaf[analysis])).map((leaf) => leaf.target);
  }

  /** Targets of which only a first sketch is there. */
  sketched(): readonly TargetRef[] {
    return [...this.#leaves.values()].filter(({ spectrum }) => isSketch(spectrum)).map((leaf) => leaf.target);
  }

  /** Everything that was found to be remarkable, by name of the tensor's line. */
  remarks(): readonly string[] {
    return [...this.#leaves.values()].flatMap(({ spectrum }) =>
      spectrum.kind === "done" ? spectrum.result.remarks.map(({ message }) => message) : [],
    );
  }

  /** Why targets have no numbers: by analysis and reason, most frequent first. */
  unanalysed(analysis: OverviewAnalysis): readonly ReasonGroup[] {
    const groups = new Map<string, { kind: ReasonGroup["kind"]; reason: string; names: string[] }>();
    for (const leaf of this.#leaves.values()) {
      const slot = leaf[analysis];
      if (slot.kind === "waiting" || slot.kind === "done" || isOpen(slot)) continue;
      const reason = slot.kind === "failed" ? slot.error.message : slot.reason;
      const key = `${slot.kind} ${reason}`;
      const group = groups.get(key) ?? { kind: slot.kind, reason, names: [] };
      groups.set(key, group);
      group.names.push(displayName(leaf));
    }
    return [...groups.values()].sort((a, b) => b.names.length - a.names.length);
  }
}

function isSketch(slot: Slot<SpectrumRow>): boolean {
  return slot.kind === "done" && slot.result.promise === "sketch";
}

function isOpen(slot: Slot<unknown>): boolean {
  return slot.kind === "waiting" || (slot.kind === "failed" && slot.error.code === "cancelled");
}

function compact(slot: Slot<SpectrumResult>): Slot<SpectrumRow> {
  if (slot.kind !== "done") return slot;
  const { singularValues: _values, residuals: _residuals, density: _density, noise, ...row } = slot.result;
  if (noise.value === null) return { kind: "done", result: { ...row, noise } };
  const { bulk: _bulk, modes: _modes, ...numbers } = noise.value;
  return { kind: "done", result: { ...row, noise: { value: numbers, reason: null } } };
}

export function displayName(item: Item): string {
  return item.part === null ? item.tensor.name : `${item.tensor.name} · ${item.part.label}`;
}

/** Rows and columns of the item read as a matrix; null for what is not read as one. */
export function matrixSize(item: Item): { readonly rows: number; readonly columns: number } | null {
  const matrix = item.tensor.matrix;
  if (matrix === undefined) return null;
  const { part } = item;
  if (part === null) return { rows: matrix.rows, columns: matrix.columns };
  const whole = item.tensor.shape[part.axis] ?? part.length;
  const share = whole === 0 ? 0 : part.length / whole;
  return matrix.rowAxes.includes(part.axis)
    ? { rows: matrix.rows * share, columns: matrix.columns }
    : { rows: matrix.rows, columns: matrix.columns * share };
}
