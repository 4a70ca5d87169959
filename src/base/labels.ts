import { ModeScopeError } from "./errors.ts";
import type { MatrixReading } from "./tensor.ts";

/** For each axis of a tensor the names of its indices, or null where they have none. */
export type AxisLabels = readonly (readonly string[] | null)[];

/** Names of the rows (outputs) and columns (inputs) of a matrix. */
export interface SideLabels {
  readonly rows: readonly string[] | null;
  readonly columns: readonly string[] | null;
}

/** A list of names that a file offers, e.g. the items of a table or the classes of a classifier. */
export interface LabelList {
  /** Under which key it stood ("items", "id2label"); "" for a bare list. */
  readonly name: string;
  readonly labels: readonly string[];
}

/** Names of files beside a checkpoint, or in the folder above it, in which labels are looked for. */
export const LABEL_FILES = ["labels.json", "labels.txt", "labels.csv"] as const;

/** Of a label file: far more than any vocabulary needs. */
export const MAX_LABEL_BYTES = 64 * 2 ** 20;

/**
 * The lists in a label file. JSON: a list of names; or a record of such lists (`{"items": […], "properties": […]}`); or names by number
 * (`{"0": "cat", "1": "dog"}`), also under a key such as `id2label`. CSV and TSV: a list in each column under its heading. Anything else: one name a line.
 */
export function readLabelFile(text: string, file: string): readonly LabelList[] {
  if (/\.(csv|tsv)$/i.test(file)) return listsInColumns(text, /\.tsv$/i.test(file) ? "\t" : ",");
  if (!/\.json$/i.test(file)) {
    const labels = text.split(/\r\n|\n|\r/);
    while (labels.length > 0 && labels[labels.length - 1] === "") labels.pop();
    return labels.length === 0 ? [] : [{ name: "", labels }];
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ModeScopeError(
      "bad-format",
      `${file} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      { field: "labels", remedy: 'Write a list of names, or {"items": […], "properties": […]}.' },
      { cause },
    );
  }
  const whole = listOf(value);
  if (whole !== null) return [{ name: "", labels: whole }];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inside]) => {
    const labels = listOf(inside);
    return labels === null ? [] : [{ name, labels }];
  });
}

/** Headings that name no list of their own, and a column of which is numbers of the names beside it. */
const NUMBERING = /^(|#|id|index|number|class_id|label_id)$/i;

/** The columns of a table of names: a heading, then the names; columns may be of unequal length. One without a heading is a list by itself. */
function listsInColumns(text: string, delimiter: string): readonly LabelList[] {
  const lines = cellsOf(text, delimiter).filter((cells) => cells.some((cell) => cell !== ""));
  const [first = []] = lines;
  // A single column without a word that could be a heading is names alone.
  const headed = first.length > 1 || HEADINGS.has(first[0]?.toLowerCase() ?? "");
  return first.flatMap((heading, column) => {
    if (headed && first.length > 1 && NUMBERING.test(heading)) return [];
    const labels = (headed ? lines.slice(1) : lines).map((cells) => cells[column] ?? "");
    while (labels.length > 0 && labels[labels.length - 1] === "") labels.pop();
    return labels.length === 0 ? [] : [{ name: headed ? heading : "", labels }];
  });
}

/** Rows of trimmed cells; quotes as in RFC 4180. */
function cellsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}\\r\\n]*))(${delimiter}|\\r?\\n|$)`, "gy");
  for (const [whole, quoted, plain = "", end] of text.replace(/^\ufeff/, "").matchAll(cell)) {
    row.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if (end === delimiter) continue;
    rows.push(row);
    row = [];
    if (whole === "" || end === "") break;
  }
  return rows;
}

/** A list of names, or names by number 0 … n − 1 without a gap; null for anything else. */
function listOf(value: unknown): readonly string[] | null {
  if (Array.isArray(value))
    return value.length > 0 && value.every((one) => typeof one === "string" || typeof one === "number")
      ? value.map(String)
      : null;
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value);
  if (entries.length === 0 || entries.some(([key, name]) => !/^\d+$/.test(key) || typeof name !== "string"))
    return null;
  const byNumber = new Map(entries.map(([key, name]) => [Number(key), String(name)]));
  const labels = Array.from({ length: byNumber.size }, (_, i) => byNumber.get(i));
  return labels.every((label) => label !== undefined) ? labels : null;
}

/**
 * The list that names `length` indices. Several of that length: the one whose key is among `preferred`; if none is, none is taken, because a
 * wrong name is worse than a number.
 */
export function labelsOfLength(
  lists: readonly LabelList[],
  length: number,
  preferred: readonly string[],
): LabelList | null {
  const fitting = lists.filter(({ labels }) => labels.length === length);
  // A file may say the same twice, as a model does whose answers and whose lookup table are two constants.
  const [first] = fitting;
  if (first === undefined || fitting.every(({ labels }) => labels.every((label, at) => label === first.labels[at])))
    return first ?? null;
  return fitting.find(({ name }) => preferred.includes(name)) ?? null;
}

/**
 * Names for both sides of a matrix: what the file itself says first, then lists that fit by length. `whole`: the matrix is all of the tensor, not a
 * part or a tap of it, so that its indices are the axis' own.
 */
export function sideLabels(
  reading: MatrixReading,
  whole: boolean,
  own: AxisLabels | null,
  lists: readonly LabelList[],
): SideLabels {
  const side = (axes: readonly number[], length: number, preferred: readonly string[]) => {
    const [axis] = axes;
    const names = whole && axes.length === 1 && axis !== undefined ? (own?.[axis] ?? null) : null;
    return names ?? labelsOfLength(lists, length, preferred)?.labels ?? null;
  };
  return {
    rows: side(reading.rowAxes, reading.rows, ROW_LISTS),
    columns: side(reading.columnAxes, reading.columns, COLUMN_LISTS),
  };
}

/** Keys of a label file that name outputs, and those that name inputs. */
const ROW_LISTS = ["properties", "outputs", "classes", "id2label", "rows"];
const COLUMN_LISTS = ["items", "inputs", "features", "columns"];
const HEADINGS: ReadonlySet<string> = new Set([
  ...ROW_LISTS,
  ...COLUMN_LISTS,
  "label",
  "labels",
  "name",
  "names",
  "class",
]);

/** Names that a matrix has already, and for sides without any those of a list that fits by length. */
export function filledLabels(own: SideLabels, rows: number, columns: number, lists: readonly LabelList[]): SideLabels {
  return {
    rows: own.rows ?? labelsOfLength(lists, rows, ROW_LISTS)?.labels ?? null,
    columns: own.columns ?? labelsOfLength(lists, columns, COLUMN_LISTS)?.labels ?? null,
  };
}
