import { html, nothing, render } from "lit";
import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { type HierarchyChart, hierarchyChart } from "../../charts/hierarchyChart.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import { formatMeasured } from "../../shell/measured.ts";
import type { Theme } from "../../shell/types.ts";
import {
  groupsOf,
  type HierarchyNames,
  hierarchyRows,
  modeSentence,
  nodeMark,
  nodeSentence,
} from "./hierarchyReadings.ts";
import "../../charts/hierarchy.css";

export interface HierarchyViewOptions {
  readonly result: ModeHierarchyResult;
  readonly names: HierarchyNames;
  /** The mode that is marked at first; left out: the strongest that makes a split. */
  readonly chosen?: number;
  /** Told of every choice of a mode here, so that other views of the same modes can follow. */
  onChoose?(mode: number): void;
  readonly digits: number;
  readonly theme: Theme;
  quantity(field: string): QuantityDefinition | null;
}

export interface HierarchyView extends Disposable {
  /** Marks a mode that was chosen elsewhere. */
  choose(mode: number): void;
}

/** The tree with its modes, the similarities beside it, and the table of modes; choosing in one marks the others. */
export function hierarchyView(parent: HTMLElement, options: HierarchyViewOptions): HierarchyView {
  const { result, names, digits, theme } = options;
  const root = make("div", "ms-hierarchy-view");
  const numbers = make("div", "ms-numbers");
  const verdict = make("p", "", result.degenerate ?? result.treeLike.reason);
  const words = make("div", "ms-hierarchy-words");
  words.setAttribute("role", "status");
  const table = make("div");
  root.append(verdict, numbers);
  parent.append(root);
  if (result.modes.length === 0) return { choose() {}, dispose: () => root.remove() };
  render(numbersTemplate(options), numbers);

  let chart: HierarchyChart | null = null;
  let chosen = options.chosen ?? result.modes.find(({ nodes }) => nodes.some((node) => node >= 0))?.index ?? 0;
  const mark = (mode: number) => {
    const found = result.modes[mode];
    if (found === undefined) return;
    chosen = found.group[0] ?? mode;
    const { group, nodes } = found;
    const vector = result.itemVectors.subarray(chosen * result.items, (chosen + 1) * result.items);
    // Inside a degenerate group a single vector is arbitrary: the splits are marked, no item is weighed.
    chart?.select(nodes, group.length === 1 ? vector : null);
    render(wordsTemplate(result, chosen, names), words);
    render(tableTemplate(result, digits, chosen, choose), table);
  };
  const choose = (mode: number) => {
    mark(mode);
    options.onChoose?.(mode);
  };
  if (result.nodes.length > 0) {
    chart = hierarchyChart(
      root,
      theme,
      {
        nodes: result.nodes,
        order: result.order,
        names: Array.from({ length: result.items }, (_, index) => names.item(index)),
        similarity: result.similarity,
        marks: result.nodes.map((_, node) => nodeMark(result, node)),
        sentences: result.nodes.map((_, node) => nodeSentence(result, node, names)),
      },
      (node) => {
        const [mode] = groupsOf(result, node);
        if (mode !== undefined) choose(mode.index);
      },
    );
  }
  root.append(words, table);
  mark(chosen);
  return {
    choose: mark,
    dispose() {
      chart?.dispose();
      root.remove();
    },
  };
}

function numbersTemplate({ result, digits, quantity }: HierarchyViewOptions) {
  const { copheneticCorrelation: r, relativeDelta: delta } = result;
  const card = (field: string, label: string, text: string, how = r.how) => {
    const definition = quantity(field);
    const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
    return definition === null
      ? html`<span class="ms-number-card">${inside}</span>`
      : html`<button class="ms-number-card" type="button" data-field=${field}
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text, how })}>${inside}</button>`;
  };
  const p = formatNumber(result.copheneticP, 2).text;
  return html`
    ${card("copheneticCorrelation", "cophenetic correlation", formatMeasured(r, digits).text)}
    ${card("copheneticCorrelation", `95 % of ${result.draws} permutations`, `≤ ${formatNumber(result.copheneticNull, digits).text}, p ${p}`)}
    ${card("relativeDelta", "four-point defect", `${delta.how.kind === "bound" ? "≥ " : ""}${formatNumber(delta.value, digits).text}`, delta.how)}
  `;
}

function wordsTemplate(result: ModeHierarchyResult, chosen: number, names: HierarchyNames) {
  const mode = result.modes[chosen];
  if (mode === undefined) return nothing;
  const note =
    mode.group.length === 1
      ? html`<p class="ms-quiet">Items: orange is the positive pole, doubled blue the negative. Flipping all signs of a mode changes nothing.</p>`
      : nothing;
  return html`<p>${modeSentence(mode, names)}</p>${note}`;
}

function tableTemplate(result: ModeHierarchyResult, digits: number, chosen: number, choose: (mode: number) => void) {
  return html`
    <div class="ms-table-scroll">
      <table class="ms-mode-table">
        <caption class="ms-quiet">Modes and the splits they make. The null permutes each property over the items ${result.draws} times.</caption>
        <thead>
          <tr><th scope="col">Mode</th><th scope="col">σ</th><th scope="col">Share of Σσ²</th><th scope="col">Makes</th>
            <th scope="col">Purity</th><th scope="col">95 % of null</th><th scope="col">p</th></tr>
        </thead>
        <tbody>
          ${hierarchyRows(result, digits).map(
            (row) => html`
              <tr class=${row.mode.index === chosen ? "ms-selected" : ""}>
                <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(row.mode.index === chosen)}
                  @click=${() => choose(row.mode.index)}>${row.name}</button></th>
                <td>${row.sigma}</td><td>${row.share}</td><td>${row.place}</td><td>${row.purity}</td><td>${row.null}</td><td>${row.p}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
