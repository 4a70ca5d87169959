import type { Disposable } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import { type Loading, polesOf } from "./poles.ts";

export interface ModeBarsData {
  /** "Outputs (left vector u)". */
  readonly title: string;
  readonly vector: ArrayLike<number>;
  /** What an entry of the vector is: "output", "input". */
  readonly unitName: string;
  /** What each entry is called; null: by number. */
  readonly names?: readonly string[] | null;
}

const PER_POLE = 8;
const MINUS = "\u2212";

/** Both poles of one singular vector as bars. It is a real table, so it needs no second form for those who cannot see it. */
export function modeBars(parent: HTMLElement, data: ModeBarsData): Disposable {
  const poles = polesOf(data.vector, PER_POLE);
  const largest = Math.max(
    ...[...poles.positive, ...poles.negative].map(({ loading }) => Math.abs(loading)),
    Number.MIN_VALUE,
  );
  const table = make("table", `ms-mode-bars${data.names == null ? "" : " ms-mode-bars-named"}`);
  table.append(make("caption", "", data.title));
  const head = table.createTHead().insertRow();
  for (const text of [data.unitName, "Loading", ""]) {
    const cell = make("th", "", text);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  const add = (label: string, loadings: readonly Loading[]) => {
    const line = body.insertRow();
    line.className = "ms-pole";
    const cell = make("th", "", label);
    cell.colSpan = 3;
    cell.scope = "rowgroup";
    line.append(cell);
    for (const loading of loadings) body.append(rowOf(loading, largest, data));
    if (loadings.length === 0) body.insertRow().insertCell().textContent = "none";
  };
  add("Positive pole", poles.positive);
  add("Negative pole", [...poles.negative].reverse());
  const note = make(
    "p",
    "ms-note",
    `● marks the smallest set of units that carries half of the mode: ${poles.halfCount} of ${data.vector.length}.`,
  );
  parent.append(table, note);
  return {
    dispose() {
      table.remove();
      note.remove();
    },
  };
}

function rowOf(
  { unit, loading, inHalf }: Loading,
  largest: number,
  { unitName, names }: ModeBarsData,
): HTMLTableRowElement {
  const line = make("tr", inHalf ? "ms-in-half" : "");
  const name = make("th", "ms-mode-unit", names?.[unit] ?? String(unit));
  name.scope = "row";
  name.title = `${unitName} ${unit}${inHalf ? ", in the smallest set that carries half of the mode" : ""}`;
  const value = make("td", "ms-tabular", `${loading <= -5e-4 ? MINUS : ""}${Math.abs(loading).toFixed(3)}`);
  const track = make("td", "ms-bar-track");
  const bar = make("span", loading < 0 ? "ms-bar ms-bar-negative" : "ms-bar ms-bar-positive");
  bar.style.width = `${(50 * Math.abs(loading)) / largest}%`;
  track.append(bar);
  if (inHalf) value.append(make("span", "ms-half-mark", " ●"));
  line.append(name, value, track);
  return line;
}
