// Numbers as people read them, and tables in Markdown.

export const GAP = "–";

/** Three significant digits, in the unit that suits the size. */
export function time(seconds) {
  if (!Number.isFinite(seconds)) return GAP;
  if (seconds >= 1) return `${digits(seconds)} s`;
  if (seconds >= 1e-3) return `${digits(seconds * 1e3)} ms`;
  return `${digits(seconds * 1e6)} µs`;
}

export function digits(value, count = 3) {
  if (!Number.isFinite(value)) return GAP;
  if (value === 0) return "0";
  const shown = Number(value.toPrecision(count));
  const decimals = Math.max(0, count - 1 - Math.floor(Math.log10(Math.abs(shown))));
  return shown.toFixed(Math.min(decimals, 10));
}

/** "2.4×"; below 1 we are slower. */
export function ratio(value) {
  return Number.isFinite(value) ? `${value >= 10 ? value.toFixed(0) : value.toFixed(2)}×` : GAP;
}

export function bytes(count) {
  if (!Number.isFinite(count)) return GAP;
  if (count < 1024) return `${count} B`;
  if (count < 2 ** 20) return `${digits(count / 2 ** 10)} KiB`;
  return count < 2 ** 30 ? `${digits(count / 2 ** 20)} MiB` : `${digits(count / 2 ** 30)} GiB`;
}

export function power(value) {
  if (!Number.isFinite(value)) return GAP;
  return value === 0 ? "0" : value.toExponential(1);
}

/** Columns that begin with ">" are set flush right. Cells are padded: the source reads as a table, too. */
export function markdownTable(titles, rows) {
  const right = titles.map((title) => title.startsWith(">"));
  const texts = [titles.map((title) => cell(title.replace(/^>/, ""))), ...rows.map((row) => row.map(cell))];
  const widths = titles.map((_, column) => Math.max(3, ...texts.map((row) => [...(row[column] ?? "")].length)));
  const line = (row) =>
    `| ${widths.map((width, column) => pad(row[column] ?? "", width, right[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (right[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [line(texts[0]), rule, ...texts.slice(1).map(line)].join("\n");
}

function cell(value) {
  return String(value ?? GAP)
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ");
}

function pad(text, width, right) {
  const space = " ".repeat(width - [...text].length);
  return right ? space + text : text + space;
}
