import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { type ImageShape, imageOfText } from "../../../src/base/imageShape.ts";
import type { SideLabels } from "../../../src/base/labels.ts";
import type { SemanticModesResult } from "../../../src/studies/semantic-modes/types.ts";
import { make } from "../../charts/dom.ts";
import { modeBars } from "../../charts/modeBars.ts";
import { modePicture } from "../../charts/modePicture.ts";
import { type ModeSpectrum, modeSpectrum } from "../../charts/modeSpectrum.ts";
import { type HierarchyView, hierarchyView } from "../../parts/hierarchy/hierarchyView.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { chainTemplate, factsTemplate } from "./facts.ts";
import { modeRows, modeSentence, type Names } from "./readings.ts";
import type { ModesState } from "./state.ts";

export interface ModesViewOptions {
  readonly result: SemanticModesResult;
  readonly labels: SideLabels;
  readonly items: readonly string[] | null;
  readonly state: ModesState;
  readonly digits: number;
  readonly theme: Theme;
  /** True while the tree is still computed. */
  readonly waiting: boolean;
  /** The panel was opened for the tree. */
  readonly atTree: boolean;
  study(field: string): QuantityDefinition | null;
  hierarchy(field: string): QuantityDefinition | null;
  onMode(mode: number): void;
}

/** Spectrum, table, words, vectors, the network's share and the tree: choosing a mode in one marks it in all. */
export function modesPanelView(parent: HTMLElement, options: ModesViewOptions): Disposable {
  const { result, labels, digits, theme, state } = options;
  const { subject, modes, hierarchy } = result;
  const store = new DisposableStore();
  const names: Names = {
    row: (index) => labels.rows?.[index] ?? `${subject.rowName} ${index}`,
    column: (index) => labels.columns?.[index] ?? `${subject.columnName} ${index}`,
  };
  const facts = make("div", "ms-modes-facts");
  const spectrumBox = make("div");
  const table = make("div");
  const words = make("p", "ms-modes-words");
  words.setAttribute("role", "status");
  const pair = make("div", "ms-mode-pair");
  const chain = make("div");
  render(factsTemplate(result, digits, options.study), facts);
  render(chainTemplate(result, digits, options.study), chain);
  if (modes.length === 0) {
    parent.append(facts, make("p", "", "No mode: every entry is zero."));
    return { dispose: () => parent.replaceChildren() };
  }
  const top = make("div", "ms-modes-top");
  const left = make("div", "ms-modes-list");
  left.append(spectrumBox, table);
  const right = make("div", "ms-modes-detail");
  right.append(words, pair);
  top.append(left, right);
  const below = make("section", "ms-modes-tree");
  parent.append(facts, top, chain, below);

  let tree: HierarchyView | null = null;
  let vectors = new DisposableStore();
  store.add({ dispose: () => vectors.dispose() });
  let spectrum: ModeSpectrum | null = null;
  const show = (chosen: number) => {
    const mode = modes[chosen]!;
    spectrum?.select(chosen);
    render(tableTemplate(result, digits, mode.group[0] ?? chosen, choose), table);
    words.textContent = modeSentence(mode, names);
    vectors.dispose();
    vectors = new DisposableStore();
    pair.replaceChildren();
    vectors.add(sideView(pair, options, chosen, "columns"));
    vectors.add(sideView(pair, options, chosen, "rows"));
  };
  const choose = (chosen: number) => {
    show(chosen);
    if (result.linked) tree?.choose(chosen);
    options.onMode(chosen);
  };
  spectrum = modeSpectrum(
    spectrumBox,
    {
      values: Array.from(result.spectrum),
      choosable: modes.length,
      groupOf: modes.map(({ group, index }) => group[0] ?? index),
      learned: result.network,
      sentences: modes.map((mode) => modeSentence(mode, names)),
    },
    choose,
  );
  const splits = result.linked ? hierarchy?.modes.find(({ nodes }) => nodes.some((node) => node >= 0)) : undefined;
  const first = Math.min(state.mode ?? splits?.index ?? 0, modes.length - 1);
  show(first);
  below.append(make("h2", "", `Hierarchy of the ${hierarchyNoun(result)}`));
  if (hierarchy !== null) {
    tree = hierarchyView(below, {
      result: hierarchy,
      names: {
        item: (index) =>
          options.items?.[index] ?? `${subject.kind === "correlation" ? "item" : subject[itemWord(result)]} ${index}`,
        property: result.itemSide === "rows" ? names.column : names.row,
      },
      digits,
      theme,
      quantity: options.hierarchy,
      ...(result.linked ? { chosen: first, spectrum: false } : {}),
      onChoose: (mode) => {
        if (!result.linked || mode >= modes.length) return;
        show(mode);
        options.onMode(mode);
      },
    });
    store.add(tree);
    if (!result.linked)
      below.append(
        make(
          "p",
          "ms-note",
          "Its modes are those of the table itself, not those of Σʸˣ above: items are no inputs here.",
        ),
      );
  } else
    below.append(
      make("p", "ms-quiet", options.waiting ? "Computing the tree and its nulls…" : "Fewer than three items: no tree."),
    );
  return {
    dispose() {
      store.dispose();
      parent.replaceChildren();
    },
  };
}

function hierarchyNoun(result: SemanticModesResult): string {
  const { subject, hierarchy } = result;
  const count = hierarchy?.items ?? subject.items;
  return `${count === null ? "" : `${count} `}${subject.kind === "correlation" ? "items" : `${subject[itemWord(result)]}s`}`;
}

function itemWord({ itemSide }: SemanticModesResult): "rowName" | "columnName" {
  return itemSide === "rows" ? "rowName" : "columnName";
}

/** One vector of the mode: as a picture where it is one, and as bars of its two poles with names. */
function sideView(
  parent: HTMLElement,
  options: ModesViewOptions,
  chosen: number,
  side: "rows" | "columns",
): Disposable {
  const { result, labels, state, theme } = options;
  const { subject, rows, columns } = result;
  const store = new DisposableStore();
  const [length, packed] = side === "rows" ? [rows, result.left] : [columns, result.right];
  const vector = packed.subarray(chosen * length, (chosen + 1) * length);
  const what = side === "rows" ? subject.rowName : subject.columnName;
  const letter = side === "rows" ? "u" : "v";
  const meaning =
    what === "item"
      ? "typicality of each item"
      : what === "property"
        ? "prototype: how central each property is"
        : `${what}s`;
  const alone = (result.modes[chosen]?.group.length ?? 1) === 1;
  const title = `${letter}${chosen + 1}: ${meaning}${alone ? "" : " (one basis of many)"}`;
  const box = make("div", "ms-mode-side");
  const shape = pictureOf(side === "rows" ? state.rowPicture : state.columnPicture, length, result.images[side]);
  if (shape !== null) store.add(modePicture(box, theme, { vector, shape, title: `${letter}${chosen + 1}` }));
  store.add(
    modeBars(box, {
      title,
      vector,
      unitName: what,
      names: labels[side],
    }),
  );
  parent.append(box);
  return {
    dispose() {
      store.dispose();
      box.remove();
    },
  };
}

function pictureOf(chosen: string, length: number, found: ImageShape | null): ImageShape | null {
  if (chosen === "none") return null;
  return chosen === "" ? found : (imageOfText(chosen, length) ?? found);
}

function tableTemplate(result: SemanticModesResult, digits: number, chosen: number, choose: (mode: number) => void) {
  const { network, noise } = result;
  return html`
    <div class="ms-table-scroll">
      <table class="ms-mode-table">
        <caption class="ms-quiet">Spread: Σu⁴, Σv⁴ over the Gaussian null 3/(n + 2); 1× is as spread as noise.${
          noise === null ? "" : " Turn: expected sin² of the angle by which noise turned u, v."
        }${network === null ? "" : ` Learned: strength in the map of ${network.file} (squares in the picture) of what there is to learn.`}</caption>
        <thead>
          <tr><th scope="col">Mode</th><th scope="col">σ</th><th scope="col">Share of Σσ²</th><th scope="col">Spread u, v</th>
            ${noise === null ? nothing : html`<th scope="col">Turn u, v</th>`}${network === null ? nothing : html`<th scope="col">Learned</th>`}</tr>
        </thead>
        <tbody>
          ${modeRows(result, digits).map(
            ({ mode, name, ...row }) => html`
              <tr class=${mode.index === chosen ? "ms-selected" : ""}>
                <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(mode.index === chosen)}
                  @click=${() => choose(mode.index)}>${name}</button>${mode.group.length > 1 ? " one subspace" : ""}</th>
                <td title=${String(mode.singularValue)}>${row.strength}</td><td>${row.share}</td><td>${row.spread}</td>
                ${noise === null ? nothing : html`<td>${row.turn}</td>`}${network === null ? nothing : html`<td>${row.learned}</td>`}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      result.spectrum.length > result.modes.length
        ? html`<p class="ms-note">${result.spectrum.length - result.modes.length} weaker modes, the strongest with σ ${
            formatNumber(result.spectrum[result.modes.length] ?? 0, digits).text
          }.</p>`
        : nothing
    }`;
}
