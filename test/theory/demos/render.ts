import type { Demo, Picture } from "./types.ts";

const HEAD = `# What theory says of initializations, and what draws of networks do

Written by \`npm run initialization\` from \`test/theory/demos\`; the numbers are asserted in \`test/theory/initialization.test.ts\`. σ_w² = fan_in·Var(W) and
σ_b² = Var(b) are variances; q is the second moment of pre-activations, c the correlation of two inputs' pre-activations. All theory here is for weights as
drawn and width to infinity; "drawn" are single seeded networks of the width named.
`;

export function renderPage(demos: readonly Demo[]): string {
  return `${[HEAD, ...demos.map(section)].join("\n")}`;
}

function section({ id, title, after, words, columns, rows, picture }: Demo): string {
  return [
    `## ${title}`,
    "",
    `After ${after}.`,
    "",
    ...words.flatMap((text) => [text, ""]),
    ...(picture === undefined
      ? []
      : [
          `![${picture.yTitle} over ${picture.xTitle}: ${picture.lines.map(({ label }) => label).join("; ")}](images/initialization/${id}.svg)`,
          "",
        ]),
    `| ${columns.join(" | ")} |`,
    `| ${columns.map(() => "---").join(" | ")} |`,
    ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
    "",
  ].join("\n");
}

/** Six digits: what stands in the tables is held to by tests to two percent or better. */
function cell(value: string | number): string {
  if (typeof value === "string") return value;
  if (value === Number.POSITIVE_INFINITY) return "∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(4) : String(Number(value.toPrecision(6)));
}

const SIZE = { width: 640, height: 320, left: 62, right: 16, top: 14, bottom: 78 };
const COLOURS = ["#2f6fb7", "#b5532a", "#3b8a4a", "#7a4fa3"];

/** A plain picture that is read on light and on dark pages: its ground is white. */
export function renderPicture({ xTitle, yTitle, xLog = false, yLog = false, lines }: Picture): string {
  const scale = (values: readonly number[], log: boolean, from: number, to: number) => {
    const fit = values
      .filter((value) => Number.isFinite(value) && (!log || value > 0))
      .map((value) => (log ? Math.log10(value) : value));
    const [low, high] = [Math.min(...fit), Math.max(...fit)];
    const ticks = log ? decades(low, high) : even(low, high);
    return {
      ticks,
      at: (value: number) => from + (((log ? Math.log10(value) : value) - low) / (high - low || 1)) * (to - from),
    };
  };
  const { width, height, left, right, top, bottom } = SIZE;
  const x = scale(
    lines.flatMap((line) => line.x),
    xLog,
    left + 6,
    width - right - 6,
  );
  const y = scale(
    lines.flatMap((line) => line.y),
    yLog,
    height - bottom - 6,
    top + 6,
  );
  const text = (px: number, py: number, words: string, anchor: string, more = "") =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" text-anchor="${anchor}"${more}>${plain(words)}</text>`;
  const drawn = lines.map((line, k) => {
    const colour = COLOURS[k % COLOURS.length]!;
    const points = line.x.flatMap((value, i) => {
      const [px, py] = [x.at(value), y.at(line.y[i]!)];
      return Number.isFinite(px) && Number.isFinite(py) ? [`${px.toFixed(1)},${py.toFixed(1)}`] : [];
    });
    return line.marks === true
      ? points
          .map(
            (point) =>
              `<circle cx="${point.split(",")[0]}" cy="${point.split(",")[1]}" r="4" fill="none" stroke="${colour}" stroke-width="1.8"/>`,
          )
          .join("")
      : `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.8"${line.dashed === true ? ' stroke-dasharray="6 4"' : ""}/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#333">`,
    `<title>${plain(`${yTitle} over ${xTitle}: ${lines.map((line) => line.label).join("; ")}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<path d="M${left} ${top}V${height - bottom}H${width - right}" fill="none" stroke="#999"/>`,
    ...x.ticks.map((tick) => text(x.at(tick), height - bottom + 14, label(tick), "middle")),
    ...y.ticks.map((tick) => text(left - 6, y.at(tick) + 4, label(tick), "end")),
    text((left + width - right) / 2, height - bottom + 30, xTitle, "middle"),
    text(
      14,
      (top + height - bottom) / 2,
      yTitle,
      "middle",
      ` transform="rotate(-90 14 ${((top + height - bottom) / 2).toFixed(1)})"`,
    ),
    ...drawn,
    ...lines.map(
      (line, k) =>
        `<rect x="${left + (k % 2) * 290}" y="${height - 38 + 16 * Math.floor(k / 2)}" width="10" height="10" fill="${COLOURS[k % COLOURS.length]}"/>${text(left + 15 + (k % 2) * 290, height - 29 + 16 * Math.floor(k / 2), line.label, "start")}`,
    ),
    "</svg>",
    "",
  ].join("\n");
}

const plain = (words: string) => words.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const label = (value: number) =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(3)));

function decades(low: number, high: number): number[] {
  const step = Math.max(1, Math.ceil((high - low) / 6));
  const ticks: number[] = [];
  for (let exponent = Math.ceil(low); exponent <= high; exponent += step) ticks.push(10 ** exponent);
  return ticks;
}

function even(low: number, high: number): number[] {
  const raw = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : 5);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(k * step);
  return ticks;
}
