import { dsvFormat } from "d3-dsv";
import { FormatError } from "../../base/errors.ts";
import type { SkippedTensor } from "../types.ts";

export type Delimiter = "," | "\t" | ";";

export interface Table {
  /** Rows of numbers, row-major; NaN where a cell is empty or says that a value is missing. */
  readonly data: Float64Array<ArrayBuffer>;
  readonly rows: number;
  readonly columns: number;
  readonly rowLabels: readonly string[] | null;
  readonly columnLabels: readonly string[] | null;
  /** Columns of text: no numbers can be made of them. */
  readonly skipped: readonly SkippedTensor[];
}

const MISSING = /^(|na|n\/a|nan|null|none|-|\?)$/i;
const LABEL_HEADING = /^(|item|items|name|names|label|labels|id|index|word|concept)$/i;

/**
 * A rectangle of text as numbers. The first line is a heading if one of its cells is no number; the first column is labels if one of its cells below
 * the heading is text, or if its heading says so (`item`, `name`, `label`, `id` …). `true` and `false` are 1 and 0.
 */
export function parseTable(text: string, delimiter: Delimiter): Table {
  const lines = dsvFormat(delimiter).parseRows(text.replace(/^\ufeff/, ""));
  // A line without any character is no row; one of empty cells is.
  while (lines.length > 0 && isBlank(lines[lines.length - 1]!)) lines.pop();
  const width = lines[0]?.length ?? 0;
  const ragged = lines.findIndex((line) => line.length !== width);
  if (ragged > 0) {
    throw new FormatError(
      `Line ${ragged + 1} has ${lines[ragged]!.length} cells, the first line has ${width}: this is no table.`,
      {
        format: "table",
        field: `line ${ragged + 1}`,
        remedy: "Give each line the same number of cells, and put cells that hold the separator into quotes.",
      },
    );
  }
  const heading = lines[0]?.some((cell) => Number.isNaN(numberOf(cell)) && !MISSING.test(cell.trim()));
  const names = heading ? lines[0]! : null;
  const body = heading ? lines.slice(1) : lines;
  const isText = (column: number) => body.some((line) => isWord(line[column]!));
  const labelled = width > 1 && (isText(0) || (names !== null && LABEL_HEADING.test(names[0]!.trim())));
  const kept: number[] = [];
  const skipped: SkippedTensor[] = [];
  for (let column = labelled ? 1 : 0; column < width; column++) {
    if (isText(column))
      skipped.push({
        name: names?.[column] ?? `column ${column + 1}`,
        reason: "This column holds text: it is left out of the matrix.",
      });
    else kept.push(column);
  }
  const data = new Float64Array(body.length * kept.length);
  let at = 0;
  for (const line of body) for (const column of kept) data[at++] = numberOf(line[column]!);
  return {
    data,
    rows: body.length,
    columns: kept.length,
    rowLabels: labelled ? body.map((line) => line[0]!.trim()) : null,
    columnLabels: names === null ? null : kept.map((column) => names[column]!.trim()),
    skipped,
  };
}

function isBlank(line: readonly string[]): boolean {
  return line.length === 0 || (line.length === 1 && line[0]!.trim() === "");
}

function isWord(cell: string): boolean {
  return Number.isNaN(numberOf(cell)) && !MISSING.test(cell.trim());
}

/** NaN for what is no number. Decimal points only: a comma inside a number is a question that a file cannot answer. */
function numberOf(cell: string): number {
  const word = cell.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) return Number(word);
  if (/^true$/i.test(word)) return 1;
  if (/^false$/i.test(word)) return 0;
  if (/^[+-]?inf(inity)?$/i.test(word))
    return word.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}

/** The separator of a text whose first lines are a table with at least one number, or null. */
export function delimiterOf(head: string, whole: boolean): Delimiter | null {
  const lines = head.split(/\r\n|\n|\r/);
  // The last line of a head may be cut anywhere.
  if (!whole) lines.pop();
  while (lines.length > 0 && lines[lines.length - 1]!.trim() === "") lines.pop();
  if (lines.length < 2) return null;
  const candidates: readonly Delimiter[] = ["\t", ",", ";"];
  for (const delimiter of candidates) {
    const rows = dsvFormat(delimiter).parseRows(lines.slice(0, 20).join("\n"));
    const width = rows[0]?.length ?? 0;
    if (width < 2 || rows.some((row) => row.length !== width)) continue;
    const numbers = rows.slice(1).every((row) => row.some((cell) => !Number.isNaN(numberOf(cell))));
    if (numbers) return delimiter;
  }
  return null;
}
