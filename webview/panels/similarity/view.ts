import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import type { SimilarityResult } from "../../../src/studies/similarity/types.ts";
import { bandPoints } from "../../charts/bandPoints.ts";
import { cloudMap } from "../../charts/cloudMap.ts";
import { make } from "../../charts/dom.ts";
import { pairMatrix } from "../../charts/pairMatrix.ts";
import { partsOf, rdmGrid } from "../../charts/rdmGrid.ts";
import { type PictureParts, type SaveFile, type ScenePicture, scenePicture } from "../../charts/scenePicture.ts";
import type { ChartTheme } from "../../charts/theme.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import {
  brainData,
  cellOf,
  cellSentence,
  layerMatrix,
  mapData,
  modelMatrix,
  rdmData,
  secondOrderMatrix,
  trainingData,
} from "./data.ts";
import { chosenTemplate, pairTemplate } from "./itemsView.ts";

export interface ViewOptions {
  readonly theme: ChartTheme;
  readonly save: SaveFile;
  readonly digits: number;
  quantity(field: string): QuantityDefinition | null;
  readonly chosen: readonly number[];
  onChosen(items: readonly number[]): void;
}

export interface SimilarityView extends Disposable {
  show(result: SimilarityResult): void;
}

const ORDER = ["layers", "models", "training", "brain", "map", "rdms", "second"];

/** All pictures of a result; what comes later fills in, so that places do not jump. */
export function similarityView(parent: HTMLElement, options: ViewOptions): SimilarityView {
  const store = new DisposableStore();
  const head = make("header");
  const cell = make("div", "ms-sim-cell");
  cell.setAttribute("aria-live", "polite");
  const hovered = make("div", "ms-sim-hovered");
  const items = make("div", "ms-sim-items");
  parent.append(head);
  let shown: SimilarityResult | null = null;
  let [chosen, measure]: [readonly number[], string] = [options.chosen, ""];
  const { theme, save, digits } = options;
  const sections = new Map<string, { box: HTMLElement; picture: ScenePicture }>();

  const choose = (next: readonly number[]) => {
    chosen = next;
    options.onChosen(next);
    if (shown !== null)
      render(
        chosenTemplate(shown, chosen, () => choose([])),
        items,
      );
    sections.get("rdms")?.picture.refresh();
  };
  const explain = (a: number, b: number, anchor: HTMLElement) => {
    const found = shown === null ? null : cellOf(shown, a, b);
    const quantity = shown === null ? null : options.quantity(shown.measure);
    if (found !== null && quantity !== null) openCard(anchor, quantity, { text: cellSentence(found, digits) });
  };
  /** Makes a section once; afterwards it is refreshed, or taken away where there is nothing to show. */
  const section = (
    id: string,
    title: string,
    wanted: boolean,
    parts: () => PictureParts,
    hint: string,
    more: {
      onHover?(part: number | null): void;
      onChoose?(part: number): void;
      extra?: HTMLElement[];
      note?: string;
    } = {},
  ) => {
    const known = sections.get(id);
    if (!wanted) {
      known?.picture.dispose();
      known?.box.remove();
      sections.delete(id);
      return;
    }
    if (known !== undefined) return known.picture.refresh();
    const box = make("section", `ms-sim-section ms-sim-${id}`);
    // What comes later than others does not have to stand below them.
    box.style.order = String(1 + ORDER.findIndex((one) => id.startsWith(one)));
    box.append(make("h2", "", title));
    if (more.note !== undefined) box.append(make("p", "ms-quiet", more.note));
    parent.append(box);
    const picture = scenePicture(box, parts(), {
      theme,
      save,
      hint,
      ...(more.onHover === undefined ? {} : { onHover: more.onHover }),
      ...(more.onChoose === undefined ? {} : { onChoose: more.onChoose }),
    });
    box.append(...(more.extra ?? []));
    sections.set(id, { box, picture });
  };
  const now =
    <T>(make: (result: SimilarityResult) => T): (() => T) =>
    () =>
      make(shown!);
  const kind = () => theme.kind;

  return {
    show(result) {
      if (result.measure !== measure) render(nothing, cell);
      measure = result.measure;
      shown = result;
      const quantity = options.quantity(result.measure);
      const title = quantity?.label ?? result.measure;
      render(headTemplate(result, title, options), head);
      section(
        "layers",
        "Layers against layers",
        true,
        () =>
          pairMatrix(
            now((one) => layerMatrix(one, title, digits)),
            kind,
          ),
        "Hover a cell, or use the arrow keys; click or Enter for its card. The bar at a cell's foot is its 95 % interval, the tick chance.",
        {
          onChoose: (part) => {
            const n = shown!.layers.length;
            const canvas = sections.get("layers")?.box.querySelector("canvas");
            if (canvas != null) explain(Math.floor(part / n), part % n, canvas);
          },
          extra: [cell],
        },
      );
      render(matchesTemplate(result, digits), cell);
      const several = new Set(result.layers.map(({ file }) => file)).size;
      section(
        "models",
        "Models against models",
        several > 1 && result.models.length > 0,
        () => pairMatrix(now(modelMatrix), kind),
        "Hover a cell for how it was taken.",
      );
      const training = trainingData(result);
      section(
        "training",
        "Over training",
        training !== null,
        () => bandPoints(now((one) => trainingData(one)!)),
        "Hover a point for its interval.",
        {
          note: "Files in the order in which they were named.",
        },
      );
      for (const [at, layer] of result.layers.entries())
        if (layer.kind === "recording")
          section(
            `brain-${at}`,
            "Recording against layers",
            true,
            () => bandPoints(now((one) => brainData(one, at))),
            "Hover a point for its interval.",
          );
      for (const id of sections.keys())
        if (id.startsWith("brain-") && result.layers[Number(id.slice(6))]?.kind !== "recording")
          section(id, "", false, () => bandPoints(now((one) => brainData(one, 0))), "");
      section(
        "map",
        "Map of layers",
        mapData(result) !== null,
        () => cloudMap(now((one) => mapData(one)!)),
        "Hover a layer. Lines join the layers of one file in order.",
      );
      section(
        "rdms",
        "Dissimilarities of items",
        result.rdms.length > 0,
        () =>
          rdmGrid(
            now((one) => rdmData(one, chosen)),
            kind,
          ),
        "Hover two items; click or Enter marks them in every layer.",
        {
          onHover(part) {
            const n = shown!.shownItems.length;
            const pair =
              part === null
                ? []
                : partsOf(part, n)
                    .slice(1)
                    .map((place) => shown!.shownItems[place]!);
            render(pairTemplate(shown!, [...new Set(pair)]), hovered);
          },
          onChoose(part) {
            const n = shown!.shownItems.length;
            choose([
              ...new Set(
                partsOf(part, n)
                  .slice(1)
                  .map((place) => shown!.shownItems[place]!),
              ),
            ]);
          },
          extra: [hovered, items],
        },
      );
      render(
        chosenTemplate(result, chosen, () => choose([])),
        items,
      );
      section(
        "second",
        "RDM of RDMs",
        result.secondOrder !== null && result.layers.length > 1,
        () => pairMatrix(now(secondOrderMatrix), kind),
        "Hover a cell: 0 is the same order of dissimilarities.",
      );
    },
    dispose() {
      for (const { picture } of sections.values()) picture.dispose();
      store.dispose();
      parent.replaceChildren();
    },
  };
}

function headTemplate(result: SimilarityResult, title: string, { quantity, digits }: ViewOptions) {
  const { items, layers, notes, leftOut, ceilings, better, measure } = result;
  const card = (field: string, label: string, text: string) => {
    const definition = quantity(field);
    const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
    return definition === null
      ? html`<span class="ms-number-card">${inside}</span>`
      : html`<button class="ms-number-card" type="button" data-field=${field}
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text })}>${inside}</button>`;
  };
  const number = (value: number) => formatNumber(value, digits).text;
  const how =
    measure === "rsa"
      ? `${result.distance}, ${result.comparison}`
      : better === "high"
        ? "1 is the same"
        : "0 is the same";
  return html`
    <h1>${title}</h1>
    <p class="ms-quiet">${layers.length} layers over ${items.used}${items.used < items.all ? ` of ${items.all}` : ""} items</p>
    <div class="ms-numbers">
      ${card(measure, "measure", how)} ${card("interval", "interval", "95 % over items")} ${card("p", "permutations", "p of each cell")}
      ${ceilings.map(({ layer, lower, upper }) => card("ceiling", `noise ceiling, ${layers[layer]!.tensor.split("/").pop()}`, `${number(lower)} – ${number(upper)}`))}
    </div>
    ${notes.length === 0 ? nothing : html`<ul class="ms-sim-notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
    ${
      leftOut.length === 0
        ? nothing
        : html`<details class="ms-as-table"><summary>${leftOut.length} tensors are no layers here</summary>
            <ul>${leftOut.slice(0, 200).map(({ tensor, reason }) => html`<li>${tensor}: ${reason}</li>`)}</ul></details>`
    }`;
}

/** Which layer finds which, for two networks. */
function matchesTemplate({ models, files, layers }: SimilarityResult, digits: number) {
  const across = models.filter(
    ({ a, b, matches }) =>
      a !== b && matches.length > 0 && layers.every(({ file, kind }) => kind === "layer" || (file !== a && file !== b)),
  );
  if (across.length === 0 || across.length > 6) return nothing;
  return html`${across.map(
    ({
      a,
      b,
      matches,
    }) => html`<details class="ms-as-table"><summary>${files[a]!.name} and ${files[b]!.name}: ${matches.filter(({ sameName }) => sameName).length} of ${matches.length} layers are closest to their namesake</summary>
      <table class="ms-data-table"><thead><tr><th scope="col">Layer</th><th scope="col">Closest</th><th scope="col">Value</th></tr></thead>
      <tbody>${matches.map(({ layer, best, value }) => html`<tr><th scope="row">${layers[layer]!.tensor}</th><td>${layers[best]!.tensor}</td><td>${formatNumber(value, digits).text}</td></tr>`)}</tbody></table></details>`,
  )}`;
}
