import { FormatError } from "../../base/errors.ts";
import type { Table } from "./parse.ts";

/**
 * Tables of numbers as JSON, in the forms in which they are usually written:
 *   records   [{"item": "Canary", "Grow": 1, "Move": true}, …]; the first text of a record is its name, what a record lacks is missing
 *   by name   {"Canary": {"Grow": 1, …}, …}
 *   parts     {"items": […], "properties": […], "values": [[1, 0, …], …]}; names may be left out
 *   rows      [[1, 0, …], …]
 */

const SCALAR = String.raw`(-?\d|true\b|false\b|null\b|")`;
const NUMBER = String.raw`(-?\d|true\b|false\b|null\b)`;
const KEY = String.raw`"(?:[^"\\]|\\.)*"\s*:\s*`;
const RECORDS = new RegExp(String.raw`^\s*\[\s*\{\s*${KEY}${SCALAR}`);
const ROWS = new RegExp(String.raw`^\s*\[\s*\[\s*${NUMBER}`);
/** Two records of numbers: a single one stands at the head of many an index ("metadata": {"total_size": …}). */
const NAMED = new RegExp(String.raw`^\s*\{\s*${KEY}\{\s*${KEY}${NUMBER}[^{}]*\}\s*,\s*${KEY}\{\s*${KEY}${NUMBER}`);
const PARTS = new RegExp(String.raw`^\s*\{[^{]*"(values|data)"\s*:\s*\[\s*\[\s*${NUMBER}`);

/** Whether the beginning of a text is that of such a table. */
export function looksLikeJsonTable(head: string): boolean {
  return [RECORDS, ROWS, NAMED, PARTS].some((form) => form.test(head));
}

export function parseJsonTable(text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new FormatError(
      `It begins like a table, but is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { format: "table", field: "json" },
      { cause },
    );
  }
  if (Array.isArray(value)) return value.every(Array.isArray) ? fromRows(value, null, null) : fromRecords(value, null);
  if (!isRecord(value)) throw noTable("values", "It is no list of records and no list of rows.");
  const values = value.values ?? value.data;
  if (Array.isArray(values)) {
    if (!values.every(Array.isArray)) throw noTable("values", "Its values are no list of rows.");
    return fromRows(values, namesIn(value, ["items", "rows", "index"]), namesIn(value, ["properties", "columns"]));
  }
  return fromRecords(Object.values(value), Object.keys(value));
}

function fromRows(rows: readonly (readonly unknown[])[], items: Names, properties: Names): Table {
  const width = rows[0]?.length ?? 0;
  const ragged = rows.findIndex((row) => row.length !== width);
  if (ragged >= 0)
    throw noTable(`row ${ragged}`, `Row ${ragged} has ${rows[ragged]!.length} values, the first has ${width}.`);
  if (items !== null && items.length !== rows.length)
    throw noTable("items", `There are ${items.length} names for ${rows.length} rows.`);
  if (properties !== null && properties.length !== width)
    throw noTable("properties", `There are ${properties.length} names for ${width} columns.`);
  const data = Float64Array.from(rows.flat(), (cell, at) => numberOf(cell, `row ${Math.floor(at / width)}`));
  return { data, rows: rows.length, columns: width, rowLabels: items, columnLabels: properties, skipped: [] };
}

function fromRecords(records: readonly unknown[], names: Names): Table {
  const odd = records.findIndex((record) => !isRecord(record));
  if (odd >= 0) throw noTable(`record ${odd}`, `Entry ${odd} is no record.`);
  const all = records.filter(isRecord);
  const columns = new Map<string, "number" | "text">();
  for (const record of all)
    for (const [name, value] of Object.entries(record)) {
      const kind = typeof value === "string" ? "text" : "number";
      if (columns.get(name) !== "text") columns.set(name, kind);
    }
  const texts = [...columns].filter(([, kind]) => kind === "text").map(([name]) => name);
  // Names that stand beside the records come first; else the first column of text is the items'.
  const naming = names === null ? texts[0] : undefined;
  const kept = [...columns].filter(([, kind]) => kind === "number").map(([name]) => name);
  const data = new Float64Array(all.length * kept.length);
  for (const [row, record] of all.entries())
    for (const [column, name] of kept.entries())
      data[row * kept.length + column] = numberOf(
        Object.hasOwn(record, name) ? record[name] : null,
        `record ${row}, ${name}`,
      );
  return {
    data,
    rows: all.length,
    columns: kept.length,
    rowLabels: names ?? (naming === undefined ? null : all.map((record) => String(record[naming] ?? ""))),
    columnLabels: kept,
    skipped: texts
      .filter((name) => name !== naming)
      .map((name) => ({ name, reason: "This column holds text: it is left out of the matrix." })),
  };
}

type Names = readonly string[] | null;

function namesIn(record: Readonly<Record<string, unknown>>, keys: readonly string[]): Names {
  for (const key of keys) {
    const list = record[key];
    if (Array.isArray(list)) return list.map(String);
  }
  return null;
}

function numberOf(cell: unknown, where: string): number {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return Number(cell);
  if (cell === null) return Number.NaN;
  throw noTable(where, `${JSON.stringify(cell)?.slice(0, 40)} is no number.`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function noTable(field: string, message: string): FormatError {
  return new FormatError(message, {
    format: "table",
    field,
    remedy: 'Write records ([{"item": "a", "x": 1}, …]) or {"items": […], "properties": […], "values": [[…], …]}.',
  });
}
