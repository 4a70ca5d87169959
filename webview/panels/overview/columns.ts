import type { AnalysisManifest, Measured, QuantityDefinition } from "../../../src/analysis/types.ts";
import { besideEdge, besideNoise } from "../../shell/besideNull.ts";
import { type Formatted, formatCount, formatNumber, formatShape } from "../../shell/format.ts";
import { formatMeasured } from "../../shell/measured.ts";
import { asNumber, type Column, fromSlot, PER_PART, text } from "./cells.ts";
import { LINT_COLUMNS } from "./lintColumns.ts";
import { type Item, leavesOf, type SpectrumRow } from "./model.ts";
import { NULL_COLUMNS } from "./nullColumns.ts";

type StatisticsField = "mean" | "std" | "min" | "max" | "zeros";

function statisticsColumn(id: StatisticsField, longTitle: string, width: number): Column {
  return {
    id,
    title: id,
    longTitle,
    width,
    numeric: true,
    initial: true,
    analysis: "statistics",
    fields: [id],
    cell: (item, digits) =>
      item.children.length > 0
        ? PER_PART
        : fromSlot(item.statistics, (result) =>
            id === "zeros"
              ? text(formatCount(result.zeros, `of ${result.elements} elements are exactly zero`))
              : text(formatNumber(result[id], digits)),
          ),
    value: (item) => (item.statistics.kind === "done" ? asNumber(item.statistics.result[id]) : null),
  };
}

type MeasuredField = "hoyer" | "spectralNorm" | "stableRank" | "effectiveRank" | "participationRatio" | "frobeniusNorm";

function measuredColumn(id: MeasuredField, title: string, longTitle: string, width: number, initial = true): Column {
  const read = (item: Item): Measured | null => (item.spectrum.kind === "done" ? item.spectrum.result[id] : null);
  return {
    id,
    title,
    longTitle,
    width,
    numeric: true,
    initial,
    analysis: "spectrum",
    fields: [id],
    cell: (item, digits) =>
      item.children.length > 0
        ? PER_PART
        : fromSlot(item.spectrum, (result) =>
            text(formatMeasured(result[id], digits), result[id]?.how ?? null, besideOf(id, result, digits)),
          ),
    value: (item) => {
      const measured = read(item);
      return measured === null ? null : asNumber(measured.value);
    },
  };
}

/** Frobenius norms have no null: the noise level is fitted to them. */
function besideOf(id: MeasuredField, result: SpectrumRow, digits: number): string | null {
  const measured = result[id];
  if (measured === null || result.degenerate !== null || id === "frobeniusNorm") return null;
  return id === "spectralNorm"
    ? besideEdge(result.noise, measured.value, digits).long
    : besideNoise([result.rows, result.columns], result.rankNulls[id], measured.value, digits).long;
}

function plainColumn(
  id: string,
  title: string,
  width: number,
  read: (item: Item) => Formatted,
  value: (item: Item) => number | string,
  options: { numeric?: boolean; initial?: boolean } = {},
): Column {
  return {
    id,
    title,
    longTitle: title,
    width,
    numeric: options.numeric ?? false,
    initial: options.initial ?? true,
    analysis: null,
    fields: [],
    cell: (item) => text(read(item)),
    value,
  };
}

function badCount(item: Item): number | null {
  return item.statistics.kind === "done" ? item.statistics.result.nan + item.statistics.result.infinite : null;
}

const NON_FINITE: Column = {
  id: "nonFinite",
  title: "NaN/Inf",
  longTitle: "elements that are NaN or infinite",
  width: 88,
  numeric: true,
  initial: true,
  analysis: "statistics",
  fields: ["nan", "infinite"],
  cell: (item) =>
    item.children.length > 0
      ? PER_PART
      : fromSlot(item.statistics, ({ nan, infinite }) => ({
          kind: "text",
          text: nan + infinite === 0 ? "0" : `${formatCount(nan).text}/${formatCount(infinite).text}`,
          title: `${nan} NaN, ${infinite} infinite`,
        })),
  value: badCount,
};

const SPARKLINE: Column = {
  id: "sparkline",
  title: "spectrum",
  longTitle: "singular values σᵢ/σ₁ by rank; the dashed line is the 99 % noise edge",
  width: 100,
  numeric: false,
  initial: true,
  analysis: "spectrum",
  fields: ["sparkline", "singularValues"],
  cell: (item) =>
    item.children.length > 0
      ? PER_PART
      : fromSlot(item.spectrum, (result) =>
          result.degenerate === null
            ? { kind: "sparkline", points: result.sparkline, edge: edgeOf(result), title: sparklineTitle(result) }
            : { kind: "none", title: result.degenerate },
        ),
  value: (item) => (item.spectrum.kind === "done" ? asNumber(item.spectrum.result.spectralNorm.value) : null),
};

const PROMISES: Readonly<Record<SpectrumRow["promise"], string>> = {
  exact: "all singular values, exact",
  "top-k": "the leading singular values, with residuals",
  sketch: "a first sketch of the leading singular values; exact ones follow",
};

function sparklineTitle(result: SpectrumRow): string {
  const { sparkline, promise, noise } = result;
  const last = formatNumber(sparkline[sparkline.length - 1], 3).text;
  const edge =
    noise.value === null
      ? `no noise edge: ${noise.reason}`
      : `99 % noise edge at ${formatNumber(1 / noise.value.edgeRatio.value, 3).text}·σ₁, ${noise.value.signalModes.value} above it`;
  return `σᵢ/σ₁ by rank, ${PROMISES[promise]}: 1 … ${last}; ${edge}`;
}

function edgeOf({ noise }: SpectrumRow): number | null {
  const edge = noise.value === null ? Number.NaN : 1 / noise.value.edgeRatio.value;
  return edge <= 1 ? edge : null;
}

/** In the table's order. The name column always leads and cannot be hidden. */
export const COLUMNS: readonly Column[] = [
  plainColumn(
    "name",
    "name",
    260,
    (item) => ({ text: item.tensor.name, title: item.tensor.name }),
    (item) => item.tensor.name,
  ),
  LINT_COLUMNS.findings,
  plainColumn(
    "shape",
    "shape",
    92,
    (item) => formatShape(item.shape),
    (item) => item.elements,
    { numeric: true },
  ),
  SPARKLINE,
  LINT_COLUMNS.origin,
  ...NULL_COLUMNS,
  measuredColumn("spectralNorm", "‖W‖₂", "spectral norm ‖W‖₂ = σ₁", 84),
  measuredColumn("stableRank", "stable rank", "stable rank ‖W‖_F²/σ₁²", 104),
  measuredColumn("effectiveRank", "erank", "effective rank (Roy–Vetterli): exp of the entropy of σ/Σσ", 84),
  measuredColumn("participationRatio", "part. ratio", "participation ratio (Σσ²)²/Σσ⁴", 104, false),
  measuredColumn("hoyer", "Hoyer", "Hoyer sparsity of the singular values", 84, false),
  measuredColumn("frobeniusNorm", "‖W‖_F", "Frobenius norm ‖W‖_F", 84, false),
  statisticsColumn("mean", "mean of the finite elements", 88),
  statisticsColumn("std", "standard deviation (population) of the finite elements", 84),
  statisticsColumn("min", "smallest finite element", 84),
  statisticsColumn("max", "largest finite element", 84),
  statisticsColumn("zeros", "elements that are exactly zero", 80),
  NON_FINITE,
  plainColumn(
    "role",
    "role",
    96,
    (item) => ({ text: item.tensor.role, title: item.tensor.evidence }),
    (item) => item.tensor.role,
  ),
  plainColumn(
    "dtype",
    "dtype",
    60,
    (item) => ({ text: item.tensor.dtype, title: item.tensor.dtype }),
    (item) => item.tensor.dtype,
  ),
  plainColumn(
    "parameters",
    "parameters",
    104,
    (item) => formatCount(item.elements, "elements"),
    (item) => item.elements,
    { numeric: true },
  ),
];

export function columnById(id: string): Column | undefined {
  return COLUMNS.find((column) => column.id === id);
}

export function initialColumns(): readonly string[] {
  return COLUMNS.filter((column) => column.initial).map((column) => column.id);
}

/** The card of a column from the engine's own manifests; null where there is none (shape, dtype …). */
export function quantityOf(column: Column, analyses: readonly AnalysisManifest[]): QuantityDefinition | null {
  const manifest = analyses.find((analysis) => analysis.id === column.analysis);
  for (const field of column.fields) {
    const quantity = manifest?.quantities[field];
    if (quantity !== undefined) return quantity;
  }
  return null;
}

/** What an item and its parts are sorted by in a column; numbers finite or not. */
export function leafValues(column: Column, item: Item): readonly (number | string)[] {
  return leavesOf(item)
    .map((leaf) => (column.order === undefined ? column.value(leaf) : column.order(leaf)))
    .filter((value) => value !== null);
}
