import type { Provenance } from "../../../src/analysis/types.ts";
import { describeError, type SerializedError } from "../../../src/base/errors.ts";
import type { Formatted } from "../../shell/format.ts";
import type { Item, LintFinding, OverviewAnalysis, Slot } from "./model.ts";

type Severity = LintFinding["severity"];

/** What one cell shows. */
export type Cell =
  | {
      readonly kind: "text";
      readonly text: string;
      readonly title: string;
      readonly how?: Provenance | null;
      /** Its null for this matrix, for the card. */
      readonly beside?: string | null;
    }
  | { readonly kind: "waiting" }
  | { readonly kind: "failed"; readonly title: string }
  | { readonly kind: "none"; readonly title: string }
  /** Findings of the lint: how many, and the worst. */
  | { readonly kind: "findings"; readonly count: number; readonly worst: Severity; readonly title: string }
  | {
      readonly kind: "sparkline";
      readonly points: ArrayLike<number>;
      /** The 99 % noise edge over σ₁; null where there is none, or where it lies above σ₁. */
      readonly edge: number | null;
      readonly title: string;
    };

export interface Column {
  readonly id: string;
  readonly title: string;
  /** Where the title abbreviates: the long form, for tooltip and column chooser. */
  readonly longTitle: string;
  readonly width: number;
  readonly numeric: boolean;
  /** Whether it is shown until someone chooses otherwise. */
  readonly initial: boolean;
  readonly analysis: OverviewAnalysis | null;
  /** Fields of the analysis result whose quantity card explains this column; the first that the manifest has. */
  readonly fields: readonly string[];
  cell(item: Item, digits: number): Cell;
  /** For sorting, filtering and export; null while there is none. NaN stays NaN. */
  value(item: Item): number | string | null;
  /** What it is sorted by, where that is another number. */
  order?(item: Item): number | null;
}

export const PER_PART: Cell = { kind: "none", title: "fused: each part has its own row" };

export function fromSlot<T>(slot: Slot<T>, show: (result: T) => Cell): Cell {
  switch (slot.kind) {
    case "waiting":
      return { kind: "waiting" };
    case "failed":
      return failedCell(slot.error);
    case "not-applicable":
      return { kind: "none", title: slot.reason };
    case "done":
      return show(slot.result);
  }
}

function failedCell(error: SerializedError): Cell {
  return error.code === "cancelled" ? { kind: "waiting" } : { kind: "failed", title: describeError(error) };
}

export function text({ text, title }: Formatted, how: Provenance | null = null, beside: string | null = null): Cell {
  return { kind: "text", text, title, how, beside };
}

/** JSON hops turn NaN into null: read it back. */
export function asNumber(value: number | null): number {
  return value === null ? Number.NaN : value;
}
