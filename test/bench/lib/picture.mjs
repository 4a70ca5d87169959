// One picture of all comparisons: for each task a line, for each peer a mark at how many times as fast ModeScope is. It follows the reader's light or dark scheme.
const PEERS = [
  { id: "numpy1", title: "NumPy, 1 thread", light: "#1f5fbf", dark: "#6ea8ff", mark: "circle" },
  { id: "torch1", title: "PyTorch, 1 thread", light: "#b3440f", dark: "#ff9a5c", mark: "square" },
  { id: "numpy", title: "NumPy, all threads", light: "#1f5fbf", dark: "#6ea8ff", mark: "ring" },
  { id: "torch", title: "PyTorch, all threads", light: "#b3440f", dark: "#ff9a5c", mark: "frame" },
  { id: "svds", title: "SciPy svds", light: "#0f7a4d", dark: "#4fd49a", mark: "diamond" },
  { id: "lowrank", title: "PyTorch svd_lowrank", light: "#8a2f8f", dark: "#e08ae6", mark: "triangle" },
  { id: "weightwatcher", title: "WeightWatcher", light: "#7a6200", dark: "#e0c24a", mark: "cross" },
  { id: "mlMatrix", title: "ml-matrix", light: "#555555", dark: "#b5b5b5", mark: "plus" },
];
const WIDTH = 900;
const LEFT = 215;
const RIGHT = 24;
const TOP = 92;
const STEP = 20;
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** `bars`: { label, cells }, cells by contestant with their `ratio`. `caption` names machine and date. */
export function pictureOf(bars, caption) {
  const marks = bars.flatMap(({ cells }, line) =>
    PEERS.flatMap(({ id, mark }) => {
      const ratio = cells[id]?.ratio;
      return Number.isFinite(ratio) && ratio > 0 ? [{ id, mark, ratio, line }] : [];
    }),
  );
  const ratios = marks.map(({ ratio }) => ratio);
  const low = Math.max(...TICKS.filter((tick) => tick <= Math.min(0.5, ...ratios)), TICKS[0]);
  const high = Math.min(...TICKS.filter((tick) => tick >= Math.max(2, ...ratios)), TICKS.at(-1));
  const span = Math.log(high / low);
  const x = (ratio) => LEFT + (Math.log(Math.min(high, Math.max(low, ratio)) / low) / span) * (WIDTH - LEFT - RIGHT);
  const y = (line) => TOP + STEP * (line + 0.5);
  const bottom = TOP + STEP * bars.length;
  const ticks = TICKS.filter((tick) => tick >= low && tick <= high);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 58}" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="12">`,
    `<title id="t">How many times as fast ModeScope is, by task and peer</title>`,
    `<desc id="d">${escaped(describe(bars, marks))}</desc>`,
    `<style>${style()}</style>`,
    `<rect class="page" width="${WIDTH}" height="${bottom + 58}"/>`,
    ...legend(),
    ...bars.flatMap(({ label }, line) => [
      ...(line % 2 === 0
        ? [`<rect class="band" x="0" y="${TOP + STEP * line}" width="${WIDTH}" height="${STEP}"/>`]
        : []),
      `<text class="ink" x="${LEFT - 12}" y="${y(line) + 4}" text-anchor="end">${escaped(label)}</text>`,
    ]),
    ...ticks.map(
      (tick) =>
        `<path class="${tick === 1 ? "one" : "grid"}" d="M${round(x(tick))} ${TOP}V${bottom}"/><text class="faint" x="${round(x(tick))}" y="${bottom + 16}" text-anchor="middle">${tick}×</text>`,
    ),
    `<text class="faint" x="${round(x(1)) - 8}" y="${TOP - 6}" text-anchor="end">← the peer is faster</text>`,
    `<text class="faint" x="${round(x(1)) + 8}" y="${TOP - 6}">ModeScope is faster →</text>`,
    ...marks.map(({ id, mark, ratio, line }) => shape(mark, round(x(ratio)), y(line), id)),
    `<text class="faint" x="12" y="${bottom + 42}">${escaped(caption)}</text>`,
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function legend() {
  const column = (WIDTH - 24) / 4;
  return PEERS.flatMap(({ id, title, mark }, index) => {
    const [cx, cy] = [20 + column * (index % 4), 22 + 22 * Math.floor(index / 4)];
    return [shape(mark, cx, cy, id), `<text class="ink" x="${cx + 12}" y="${cy + 4}">${escaped(title)}</text>`];
  });
}

function style() {
  const scheme = (which, { page, band, ink, faint, grid }) =>
    [
      `.page{fill:${page}}.band{fill:${band}}.ink{fill:${ink}}.faint{fill:${faint}}.grid{stroke:${grid}}.one{stroke:${ink};stroke-width:1.5}`,
      ...PEERS.map((peer) => `.${peer.id}{fill:${peer[which]};stroke:${peer[which]}}`),
    ].join("");
  const light = { page: "#ffffff", band: "#f4f4f6", ink: "#1f1f23", faint: "#5a5a63", grid: "#d5d5dc" };
  const dark = { page: "#16161a", band: "#1f1f25", ink: "#ececf1", faint: "#a9a9b5", grid: "#3a3a44" };
  return `${scheme("light", light)}.open{fill:none;stroke-width:2}.line{fill:none;stroke-width:2.4}@media (prefers-color-scheme:dark){${scheme("dark", dark)}.open,.line{fill:none}}`;
}

/** Told apart by form as well as by colour. */
function shape(mark, x, y, id) {
  const path = (d, kind = "") => `<path class="${id}${kind}" d="${d}"/>`;
  switch (mark) {
    case "circle":
      return `<circle class="${id}" cx="${x}" cy="${y}" r="4.5"/>`;
    case "ring":
      return `<circle class="${id} open" cx="${x}" cy="${y}" r="5"/>`;
    case "square":
      return path(`M${x - 4} ${y - 4}h8v8h-8z`);
    case "frame":
      return path(`M${x - 4.5} ${y - 4.5}h9v9h-9z`, " open");
    case "diamond":
      return path(`M${x} ${y - 6}l6 6l-6 6l-6 -6z`);
    case "triangle":
      return path(`M${x} ${y - 6}l6 10h-12z`);
    case "cross":
      return path(`M${x - 4.5} ${y - 4.5}l9 9m0 -9l-9 9`, " line");
    default:
      return path(`M${x - 5.5} ${y}h11m-5.5 -5.5v11`, " line");
  }
}

/** The picture in words, for those who do not see it. */
function describe(bars, marks) {
  return bars
    .map(({ label }, line) => {
      const said = marks
        .filter((mark) => mark.line === line)
        .map(({ id, ratio }) => `${PEERS.find((peer) => peer.id === id).title} ${ratio.toFixed(2)}`);
      return `${label}: ${said.join(", ") || "nothing measured"}`;
    })
    .join("; ");
}

const round = (value) => Math.round(value * 10) / 10;

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
