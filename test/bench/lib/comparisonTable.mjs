// A table of one task: a line for each size, a column for each contestant, the product's ratio to each peer beneath its time.
import { TITLES } from "./contestants.mjs";
import { GAP, markdownTable, ratio, time } from "./table.mjs";

const NOISY = 0.1;
const OWN = new Set(["product", "productAll", "product20", "productCli", "productOne"]);

/** Times, and in brackets how many times as fast the product is. What did not run is named below with its reason. */
export function comparisonTable(what, cases, titles = {}) {
  const ids = Object.keys(TITLES).filter((id) => cases.some(({ cells }) => cells[id] !== undefined));
  const extra = [...new Set(cases.flatMap(({ cells }) => Object.keys(cells)))].filter((id) => !ids.includes(id));
  const all = [...ids, ...extra];
  const rows = cases.map(({ name, cells }) => [name, ...all.map((id) => cellText(id, cells[id]))]);
  const notes = [
    ...gapNotes(cases),
    ...cases.flatMap(({ name, disagreements = [] }) => disagreements.map((text) => `${name}: ${text}`)),
  ];
  return [
    markdownTable([what, ...all.map((id) => `>${titles[id] ?? titleOf(id)}`)], rows),
    ...(notes.length > 0 ? ["", ...notes.map((note) => `- ${note}`)] : []),
  ].join("\n");
}

export function titleOf(id) {
  return TITLES[id] ?? EXTRA[id] ?? id;
}

const EXTRA = {
  svdsLoose: "svds, tol 1e-3",
  productCli: "ModeScope, command line",
  productOne: "ModeScope, 1 worker",
};

function cellText(id, cell) {
  if (cell === undefined || cell.gap !== undefined) return GAP;
  // "1 run": it was so slow that it sat out the other rounds; "±": the machine was uneasy.
  const marks = [
    cell.runs === 1 ? "1 run" : "",
    cell.spread > NOISY ? `±${Math.round(100 * cell.spread)} %` : "",
  ].filter(Boolean);
  const said = marks.length > 0 ? `, ${marks.join(", ")}` : "";
  return OWN.has(id)
    ? `${time(cell.seconds)}${said === "" ? "" : ` (${said.slice(2)})`}`
    : `${time(cell.seconds)} (${ratio(cell.ratio)}${said})`;
}

function gapNotes(cases) {
  const reasons = new Map();
  for (const { name, cells } of cases)
    for (const [id, { gap }] of Object.entries(cells))
      if (gap !== undefined)
        reasons.set(`${titleOf(id)}: ${gap}`, [...(reasons.get(`${titleOf(id)}: ${gap}`) ?? []), name]);
  return [...reasons].map(
    ([reason, names]) => `Gap: ${reason} (${names.length === cases.length ? "everywhere" : names.join(", ")}).`,
  );
}
