import type { CheckpointSummary } from "../../../src/protocol/contract.ts";
import type { Column } from "./cells.ts";
import { columnById } from "./columns.ts";
import { displayName, type Item, leavesOf, type Slot } from "./model.ts";
import type { Row } from "./tree.ts";

/** Raised when a field of the JSON export changes its meaning. */
const EXPORT_SCHEMA = "modescope.overview/1";

/** The lines as shown, with the columns shown; numbers in full precision. */
export function rowsToTsv(rows: readonly Row[], columns: readonly Column[]): string {
  const lines = rows.map((row) =>
    row.kind === "group"
      ? [tsvField(guard(row.label)), ...columns.slice(1).map((column) => groupField(column, row.parameters))]
      : columns.map((column) => tsvField(field(column, row.item))),
  );
  return join([columns.map((column) => column.title), ...lines], "\t");
}

function groupField(column: Column, parameters: number): string {
  return column.id === "parameters" ? String(parameters) : "";
}

/** Every tensor or part that passed the filter, every column. */
export function itemsToCsv(items: readonly Item[], columns: readonly Column[]): string {
  const shown = columns.filter((column) => column.id !== "sparkline");
  const lines = items.flatMap(leavesOf).map((leaf) => shown.map((column) => csvField(field(column, leaf))));
  return join([shown.map((column) => csvField(column.id)), ...lines], ",");
}

export function itemsToJson(summary: CheckpointSummary, items: readonly Item[]): string {
  const { name, uri, format, framework, version, totals, findings, skipped } = summary;
  const tensors = items.flatMap(leavesOf).map((leaf) => ({
    name: leaf.tensor.name,
    part: leaf.part,
    shape: leaf.shape,
    dtype: leaf.tensor.dtype,
    role: leaf.tensor.role,
    layout: leaf.tensor.layout,
    evidence: leaf.tensor.evidence,
    elements: leaf.elements,
    statistics: slotJson(leaf.statistics),
    spectrum: slotJson(leaf.spectrum),
    travel: slotJson(leaf.travel),
    lint: leaf.lint === null ? { state: "waiting" } : { state: "done", ...leaf.lint },
  }));
  const document = {
    schema: EXPORT_SCHEMA,
    checkpoint: { name, uri, format, framework, version, totals, findings, skipped },
    tensors,
  };
  return `${JSON.stringify(document, plainJson, 2)}\n`;
}

function slotJson(slot: Slot<unknown>): unknown {
  switch (slot.kind) {
    case "waiting":
      return { state: "waiting" };
    case "failed":
      return { state: "failed", error: slot.error };
    case "not-applicable":
      return { state: "not-applicable", reason: slot.reason };
    case "done":
      return { state: "done", result: slot.result };
  }
}

/** JSON has no NaN and no typed arrays: the first becomes its name, the second a list. */
function plainJson(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Float32Array || value instanceof Float64Array) return Array.from(value);
  return value;
}

function field(column: Column, item: Item): string {
  if (column.id === "name") return guard(displayName(item));
  if (column.id === "shape") return item.shape.join("×");
  const value = columnById(column.id)?.value(item) ?? null;
  return value === null ? "" : typeof value === "string" ? guard(value) : String(value);
}

/** A name from an untrusted file must not become a formula in a spreadsheet. */
function guard(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function tsvField(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ");
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function join(lines: readonly (readonly string[])[], separator: string): string {
  return `${lines.map((line) => line.join(separator)).join("\n")}\n`;
}
