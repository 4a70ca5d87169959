import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { type LabelList, type SideLabels, sideLabels } from "../../../src/base/labels.ts";
import type { FoundLabels } from "../../../src/protocol/contract.ts";
import { make, segments } from "../../charts/dom.ts";
import type { HierarchyNames } from "../../parts/hierarchy/hierarchyReadings.ts";
import { hierarchyView } from "../../parts/hierarchy/hierarchyView.ts";
import type { PanelHost } from "../../shell/types.ts";
import type { TensorSession } from "./session.ts";

export type ItemSide = "rows" | "columns";
export type Geometry = "hidden" | "behaviour";

export interface HierarchyChoice {
  readonly items: ItemSide;
  readonly geometry: Geometry;
  readonly centre: boolean;
}

export interface HierarchySectionOptions {
  readonly host: PanelHost;
  readonly session: TensorSession;
  readonly target: TargetRef;
  readonly choice: HierarchyChoice;
  /** Remembers the choice and does the section's work again. */
  choose(choice: HierarchyChoice): void;
}

/** The section's controls and its view; names come from the file, a label file, or a file that the person chooses. */
export async function hierarchySection(
  body: HTMLElement,
  { host, session, target, choice, choose }: HierarchySectionOptions,
  signal: AbortSignal,
): Promise<Disposable> {
  const [result, found, offered] = await Promise.all([
    session.run("mode-hierarchy", target, { ...choice }, signal) as Promise<ModeHierarchyResult>,
    host.peer.request("labels/find", {}, signal),
    offeredLists(host, session, target.tensor, signal),
  ]);
  const whole = target.part === null && target.tap === null;
  const labelled = found.numbersOnly
    ? { rows: null, columns: null }
    : sideLabels(result.reading, whole, session.labels, [...offered, ...found.lists]);
  const controls = make("div", "ms-hierarchy-controls");
  controls.append(
    segments(
      "Items",
      [
        { id: "rows", label: `Items: ${result.reading.rows} rows` },
        { id: "columns", label: `Items: ${result.reading.columns} columns` },
      ],
      choice.items,
      (items) => choose({ ...choice, items }),
    ),
    segments(
      "Geometry",
      [
        { id: "hidden", label: "Hidden √σ·v" },
        { id: "behaviour", label: "Behaviour σ·v" },
      ],
      choice.geometry,
      (geometry) => choose({ ...choice, geometry }),
    ),
    centreBox(choice, choose),
    namesRow(host, ownNames(session, offered), found, () => choose(choice)),
  );
  body.append(controls);
  const view = hierarchyView(body, {
    result,
    names: namesOf(result, labelled),
    digits: host.context.settings.significantDigits,
    theme: host.theme,
    quantity: (field) => session.quantity("mode-hierarchy", field),
  });
  return {
    dispose() {
      view.dispose();
      controls.remove();
    },
  };
}

function namesOf(result: ModeHierarchyResult, labels: SideLabels): HierarchyNames {
  const [items, properties] =
    result.itemAxis === "rows" ? [labels.rows, labels.columns] : [labels.columns, labels.rows];
  const [one, other] = result.itemAxis === "rows" ? ["row", "column"] : ["input", "output"];
  return {
    item: (index) => items?.[index] ?? `${one} ${index}`,
    property: (index) => properties?.[index] ?? `${other} ${index}`,
  };
}

/** Longer lists are vocabularies: no tree of so many items is drawn, and nobody reads so many names. */
const MOST_WORDS = 4096;

/** Names that the checkpoint or its folder has: classes of a model, a small vocabulary. One that cannot be read is no reason to show no tree. */
async function offeredLists(
  host: PanelHost,
  session: TensorSession,
  tensor: string,
  signal: AbortSignal,
): Promise<readonly LabelList[]> {
  const { checkpoint } = session.summary;
  const { sources } = await host.peer.request("checkpoint/label-sources", { checkpoint }, signal);
  const lists: LabelList[] = [];
  for (const { id, title, tensors } of sources) {
    if (tensors !== undefined && !tensors.includes(tensor)) continue;
    const range = { checkpoint, source: id, from: 0, count: MOST_WORDS };
    const words = await host.peer.request("checkpoint/label-words", range, signal).catch(() => null);
    signal.throwIfAborted();
    if (words !== null && words.total === words.words.length) lists.push({ name: title, labels: words.words });
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
function ownNames(session: TensorSession, offered: readonly LabelList[]): string | null {
  if (session.labels !== null) return "from the file itself";
  return offered.length === 0 ? null : `from ${offered.map(({ name }) => name).join(", ")} where the length fits`;
}

function namesRow(host: PanelHost, own: string | null, found: FoundLabels, again: () => void): HTMLElement {
  const row = make("span", "ms-quiet");
  const numbers = found.numbersOnly === true;
  const problem = found.problem === null ? "" : ` (${found.problem})`;
  const file = found.source === null ? null : `from ${found.source}${problem}`;
  const from = [own, file].filter((one) => one !== null).join("; ") || "none found";
  const button = make("button", "ms-link", "Choose…");
  button.type = "button";
  button.addEventListener("click", () => {
    host.peer.request("labels/choose", {}).then(again, host.fail);
  });
  row.append(`Names: ${numbers ? "unit numbers" : from} `, button);
  return row;
}
