import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { type LabelList, type SideLabels, sideLabels } from "../../../src/base/labels.ts";
import type { MatrixReading } from "../../../src/base/tensor.ts";
import type { FoundLabels } from "../../../src/protocol/contract.ts";
import { make, segments } from "../../charts/dom.ts";
import type { HierarchyNames } from "../../parts/hierarchy/hierarchyReadings.ts";
import { hierarchyView } from "../../parts/hierarchy/hierarchyView.ts";
import type { PanelHost } from "../../shell/types.ts";
import type { TensorSession } from "./session.ts";

type ItemSide = "rows" | "columns";
type Geometry = "hidden" | "behaviour" | "direction";

export interface HierarchyChoice {
  /** Null until chosen: the side that has names, a table's lines, a weight's inputs. */
  readonly items: ItemSide | null;
  readonly geometry: Geometry;
  readonly centre: boolean;
  /** Permutations for the nulls: few are there soon. */
  readonly draws: number;
}

/** p down to 0.004 or 0.001. */
export const DRAWS = [250, 1000] as const;

export interface HierarchySectionOptions {
  readonly host: PanelHost;
  readonly session: TensorSession;
  readonly target: TargetRef;
  readonly choice: HierarchyChoice;
  /** Remembers the choice and does the section's work again. */
  choose(choice: HierarchyChoice): void;
  /** Told when the engine has the question. */
  onAsked(): void;
  /** Says what went wrong with a part of the section; what is shown stays. */
  warn(error: unknown, retry: () => void): void;
}

/** The section's controls and its view; names come from the file, the model, a label file, or what the person chooses. */
export async function hierarchySection(
  body: HTMLElement,
  options: HierarchySectionOptions,
  signal: AbortSignal,
): Promise<Disposable> {
  const { host, session, target, choice, choose } = options;
  const [found, offered] = await Promise.all([
    host.peer.request("labels/find", {}, signal),
    offeredLists(host, session, target.tensor, signal),
  ]);
  const whole = target.part === null && target.tap === null;
  const known = whole ? (session.tensor.matrix ?? null) : null;
  const side =
    choice.items ?? namedSide(known === null ? null : labelsFor(known, whole, session, found, offered), session);
  const parameters = { items: side, geometry: choice.geometry, centre: choice.centre, draws: choice.draws };
  const ask = (only: string) =>
    session.run("mode-hierarchy", target, { ...parameters, only }, signal) as Promise<ModeHierarchyResult>;
  const asked = ask("");
  options.onAsked();
  const result = await asked;
  const labelled = labelsFor(result.reading, whole, session, found, offered);
  const controls = make("div", "ms-hierarchy-controls");
  controls.append(
    segments(
      "Items",
      [
        { id: "rows", label: `Items: ${result.reading.rows} rows` },
        { id: "columns", label: `Items: ${result.reading.columns} columns` },
      ],
      side,
      (items) => choose({ ...choice, items }),
    ),
    segments(
      "Geometry",
      [
        { id: "hidden", label: "Hidden √σ·v" },
        { id: "behaviour", label: "Behaviour σ·v" },
        { id: "direction", label: "Directions" },
      ],
      choice.geometry,
      (geometry) => choose({ ...choice, geometry }),
    ),
    centreBox(choice, choose),
    segments(
      "Permutations for the nulls",
      DRAWS.map((draws) => ({ id: String(draws), label: `${draws.toLocaleString("en")} draws` })),
      String(choice.draws),
      (draws) => choose({ ...choice, draws: Number(draws) }),
    ),
    namesRow(
      host,
      session,
      offered.filter(({ labels }) => fits(result, labels.length)),
      found,
      () => choose(choice),
    ),
  );
  const place = make("div");
  body.append(controls, place);
  let view: Disposable = { dispose() {} };
  // The whole, and the parts that were looked into on the way.
  const trail: ModeHierarchyResult[] = [];
  const show = (shown: ModeHierarchyResult) => {
    view.dispose();
    place.replaceChildren();
    if (trail.length > 0) place.append(backButton(trail, () => show(trail.pop() ?? result)));
    view = hierarchyView(place, {
      result: shown,
      names: namesOf(shown, labelled),
      digits: host.context.settings.significantDigits,
      theme: host.theme,
      quantity: (field) => session.quantity("mode-hierarchy", field),
      onInside(items) {
        const numbers = items.map((item) => shown.which?.[item] ?? item);
        place.setAttribute("aria-busy", "true");
        ask(rangesOf(numbers)).then(
          (inside) => {
            place.removeAttribute("aria-busy");
            if (signal.aborted) return;
            trail.push(shown);
            show(inside);
          },
          (error) => {
            place.removeAttribute("aria-busy");
            if (!signal.aborted) options.warn(error, () => show(shown));
          },
        );
      },
    });
  };
  show(result);
  return {
    dispose() {
      view.dispose();
      controls.remove();
      place.remove();
    },
  };
}

function fits({ reading }: ModeHierarchyResult, length: number): boolean {
  return length === reading.rows || length === reading.columns;
}

function backButton(trail: readonly ModeHierarchyResult[], back: () => void): HTMLElement {
  const button = make(
    "button",
    "ms-link",
    `Back to ${trail[trail.length - 1]?.items.toLocaleString("en") ?? ""} items`,
  );
  button.type = "button";
  button.addEventListener("click", back);
  return button;
}

/** "0-3,7": how the analysis is asked for some of the items. */
function rangesOf(items: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < items.length; ) {
    let last = at;
    while (items[last + 1] === items[last]! + 1) last++;
    parts.push(last === at ? String(items[at]) : `${items[at]}-${items[last]}`);
    at = last + 1;
  }
  return parts.join(",");
}

/** Where only one side has names those are the items: classes rather than hidden units. */
function namedSide(labels: SideLabels | null, session: TensorSession): ItemSide {
  if (session.labels !== null) return "rows";
  return labels !== null && labels.rows !== null && labels.columns === null ? "rows" : "columns";
}

function labelsFor(
  reading: MatrixReading,
  whole: boolean,
  session: TensorSession,
  { numbersOnly, model, lists }: FoundLabels,
  offered: readonly OfferedList[],
): SideLabels {
  if (numbersOnly === true) return { rows: null, columns: null };
  const chosen = model === undefined ? [...lists, ...offered] : offered.filter(({ id }) => id === model);
  return sideLabels(reading, whole, session.labels, chosen);
}

function namesOf(result: ModeHierarchyResult, labels: SideLabels): HierarchyNames {
  const [items, properties] =
    result.itemAxis === "rows" ? [labels.rows, labels.columns] : [labels.columns, labels.rows];
  const [one, other] = result.itemAxis === "rows" ? ["row", "column"] : ["input", "output"];
  return {
    item(index) {
      const number = result.which?.[index] ?? index;
      return items?.[number] ?? `${one} ${number}`;
    },
    property: (index) => properties?.[index] ?? `${other} ${index}`,
  };
}

interface OfferedList extends LabelList {
  readonly id: string;
}

/** As many as the largest vocabularies have. */
const MOST_WORDS = 300_000;

/** Names that the checkpoint or its folder has: classes of a model, a vocabulary. One that cannot be read is no reason to show no tree. */
async function offeredLists(
  host: PanelHost,
  session: TensorSession,
  tensor: string,
  signal: AbortSignal,
): Promise<readonly OfferedList[]> {
  const { checkpoint } = session.summary;
  const { sources } = await host.peer.request("checkpoint/label-sources", { checkpoint }, signal);
  const lists: OfferedList[] = [];
  for (const { id, title, tensors } of sources) {
    if (tensors !== undefined && !tensors.includes(tensor)) continue;
    const range = { checkpoint, source: id, from: 0, count: MOST_WORDS };
    const words = await host.peer.request("checkpoint/label-words", range, signal).catch(() => null);
    signal.throwIfAborted();
    if (words !== null && words.total === words.words.length) lists.push({ id, name: title, labels: words.words });
  }
  return lists;
}

function centreBox(choice: HierarchyChoice, choose: (choice: HierarchyChoice) => void): HTMLElement {
  const label = make("label", "ms-selector");
  const box = make("input");
  box.type = "checkbox";
  box.checked = choice.centre;
  box.addEventListener("change", () => choose({ ...choice, centre: box.checked }));
  label.title = "Subtract each property's mean over the items. That deletes the mode that all items share.";
  label.append(box, make("span", "", "Centre properties"));
  return label;
}

/** Where names come from if not from a label file; null for nowhere else. */
function ownNames(session: TensorSession, offered: readonly OfferedList[]): string | null {
  if (session.labels !== null) return "from the file itself";
  return offered.length === 0 ? null : `from ${offered.map(({ name }) => name).join(", ")} where the length fits`;
}

function namesRow(
  host: PanelHost,
  session: TensorSession,
  offered: readonly OfferedList[],
  found: FoundLabels,
  again: () => void,
): HTMLElement {
  const row = make("span", "ms-quiet");
  const button = make("button", "ms-link", "Choose…");
  button.type = "button";
  button.addEventListener("click", () => {
    const lists = offered.map(({ id, name }) => ({ id, title: name }));
    host.peer.request("labels/choose", { offered: lists }).then(again, host.fail);
  });
  row.append(`Names: ${namesText(session, offered, found)} `, button);
  return row;
}

function namesText(session: TensorSession, offered: readonly OfferedList[], found: FoundLabels): string {
  const { numbersOnly, model } = found;
  if (numbersOnly === true) return "unit numbers, as chosen";
  if (model !== undefined) return `from ${offered.find(({ id }) => id === model)?.name ?? model}, as chosen`;
  const problem = found.problem === null ? "" : ` (${found.problem})`;
  const file = found.source === null ? null : `from ${found.source}${problem}`;
  return [ownNames(session, offered), file].filter((one) => one !== null).join("; ") || "none found";
}
