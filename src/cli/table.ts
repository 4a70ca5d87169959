import { printable } from "./terminal.ts";

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** The name column keeps at least this many characters before whole columns give way. */
const NAME_MINIMUM = 20;

/**
 * A plain text table: numbers to the right, words to the left. Where it is wider than `width`, first the names (first column) lose their middle,
 * then columns go from the right, and a last line says which.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null = null,
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, column) =>
    cells.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length),
  );
  let shown = columns.length;
  const needed = () => widths.slice(0, shown).reduce((sum, one) => sum + one, 2 * (shown - 1));
  if (width !== null) {
    const full = widths[0] ?? 0;
    const least = Math.min(full, NAME_MINIMUM);
    while (shown > 1 && needed() - full + least > width) shown -= 1;
    widths[0] = Math.max(least, Math.min(full, width - (needed() - full)));
  }
  const line = (row: readonly string[]) =>
    row
      .slice(0, shown)
      .map((cell, column) => {
        const room = widths[column] ?? 0;
        const text = column === 0 ? shortened(cell, room) : cell;
        return columns[column]?.right ? text.padStart(room) : text.padEnd(room);
      })
      .join("  ")
      .trimEnd();
  const lines = [
    line(columns.map(({ title }) => title)),
    widths
      .slice(0, shown)
      .map((one) => "-".repeat(one))
      .join("  "),
    ...cells.map(line),
  ];
  if (shown < columns.length) {
    const hidden = columns.slice(shown).map(({ title }) => title);
    lines.push(`(no room for: ${hidden.join(", ")}; a wider terminal, a pipe, --csv and --json have all)`);
  }
  return lines.join("\n");
}

/** Both ends of a name say most: the middle goes. */
function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const head = Math.ceil((room - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (room - 1 - head))}`;
}

export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined) return "";
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : String(value);
}
