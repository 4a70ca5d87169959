import type { Column } from "./cells.ts";
import type { Row } from "./tree.ts";

/** Average advance of a character of the interface font at 13 px, twisty and padding, and the indent of a level: estimates are enough here. */
const CHARACTER = 7.1;
const CHROME = 34;
const INDENT = 14;
const NARROWEST = 120;
/** A name may take this share of the view, so that numbers stay in sight beside it. */
const LARGEST_SHARE = 0.45;
/** Lines that are measured: the longest name of a long table is found by then, or is clipped with its tooltip. */
const SAMPLE = 2000;

/** Width of the name column: the longest name on the table, at most a share of the view, at least what the other columns leave. */
export function nameWidth(rows: readonly Row[], available: number, others: number): number {
  let longest = NARROWEST;
  for (let index = 0; index < Math.min(rows.length, SAMPLE); index++) {
    const row = rows[index];
    if (row === undefined) break;
    const suffix = row.kind === "group" ? 4 : row.expandable ? 8 : 0;
    longest = Math.max(longest, CHROME + row.depth * INDENT + (row.label.length + suffix) * CHARACTER);
  }
  const fitting = Math.min(longest, Math.max(NARROWEST, available * LARGEST_SHARE));
  return Math.ceil(Math.max(fitting, Math.min(available - others, longest * 1.5)));
}

/** The columns as a grid template, and the width of them all; the first is the name's. */
export function columnWidths(
  rows: readonly Row[],
  columns: readonly Column[],
  available: number,
): { readonly template: string; readonly total: number } {
  const others = columns.slice(1).map(({ width }) => width);
  const sum = others.reduce((total, width) => total + width, 0);
  const name = nameWidth(rows, available, sum);
  return { template: [name, ...others].map((width) => `${width}px`).join(" "), total: name + sum };
}
