import { html, nothing, render } from "lit";
import { counted } from "../../../src/base/counted.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { SimilarityResult } from "../../../src/studies/similarity/types.ts";
import { bandPoints } from "../../charts/bandPoints.ts";
import { cloudMap } from "../../charts/cloudMap.ts";
import { make } from "../../charts/dom.ts";
import { pairMatrix } from "../../charts/pairMatrix.ts";
import { csvOf } from "../../charts/pictureFiles.ts";
import { type PictureParts, type SaveFile, type ScenePicture, scenePicture } from "../../charts/scenePicture.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import { acrossMatrix, acrossTemplate } from "./acrossView.ts";
import { ceilingTemplate } from "./ceilingView.ts";
import {
  brainData,
  ceilingTable,
  cellOf,
  cellSentence,
  layerMatrix,
  mapData,
  modelMatrix,
  secondOrderMatrix,
  trainingData,
} from "./data.ts";
import { type ItemsOptions, type ItemsSection, itemsSection } from "./items/itemsSection.ts";

export interface SimilarityView extends Disposable {
  /** `items`: what the pictures of items are drawn from; `waiting`: more of them are on the way. */
  show(result: SimilarityResult, items: SimilarityResult, waiting: boolean): void;
}

/** From top to bottom; a section that comes later finds its place. */
const ORDER = ["layers", "models", "networks", "training", "brain", "map", "items", "second"];
/** Fields that the pictures of items are drawn from. */
const OF_ITEMS = [
  "rdms",
  "shownItems",
  "itemTree",
  "items",
  "layers",
  "stimuli",
  "hierarchy",
  "hierarchies",
  "distance",
] as const;
const rankOf = (id: string) => ORDER.findIndex((one) => id.startsWith(one));

interface SectionParts {
  readonly title: string;
  parts(): PictureParts;
  readonly hint: string;
  onChoose?(part: number): void;
  readonly extra?: readonly HTMLElement[];
  readonly note?: string;
}

/** All pictures of a result; what comes later fills in. */
export function similarityView(parent: HTMLElement, options: ItemsOptions): SimilarityView {
  const head = make("header");
  const cell = make("div", "ms-sim-cell");
  const namesakes = make("div");
  parent.append(head);
  let shown: SimilarityResult | null = null;
  const { theme, save, digits } = options;
  const sections = new Map<string, { readonly box: HTMLElement; readonly picture: ScenePicture }>();
  /** What is told in numbers below a recording's picture. */
  const ceilingBoxes = new Map<number, HTMLElement>();
  let items: ItemsSection | null = null;
  let shownItems: readonly unknown[] = [];

  const explain = (a: number, b: number, anchor: HTMLElement) => {
    const found = shown === null ? null : cellOf(shown, a, b);
    const quantity = shown === null ? null : options.quantity(shown.measure);
    if (found !== null && quantity !== null) openCard(anchor, quantity, { text: cellSentence(found, digits) });
  };
  /** Where keys and screen readers go from section to section, the eye does: the document's order is the screen's. */
  const place = (id: string, box: HTMLElement) => {
    box.dataset.rank = String(rankOf(id));
    const next = [...parent.children].find(
      (other) => other instanceof HTMLElement && Number(other.dataset.rank ?? -1) > rankOf(id),
    );
    parent.insertBefore(box, next ?? null);
  };
  /** Makes a section once; afterwards it is refreshed, or taken away where there is nothing to show (null). */
  const section = (id: string, wanted: SectionParts | null) => {
    const known = sections.get(id);
    if (wanted === null) {
      known?.picture.dispose();
      known?.box.remove();
      sections.delete(id);
      return;
    }
    if (known !== undefined) return known.picture.refresh();
    const box = make("section", `ms-sim-section ms-sim-${id}`);
    box.append(make("h2", "", wanted.title));
    if (wanted.note !== undefined) box.append(make("p", "ms-quiet", wanted.note));
    place(id, box);
    const { hint, onChoose } = wanted;
    const picture = scenePicture(box, wanted.parts(), {
      theme,
      save,
      hint,
      ...(onChoose === undefined ? {} : { onChoose }),
    });
    box.append(...(wanted.extra ?? []));
    sections.set(id, { box, picture });
  };
  /** What a picture is drawn from, made once for every result: it is asked for at every move of the pointer. */
  const now = <T>(make: (result: SimilarityResult) => T): (() => T) => {
    let known: { readonly of: SimilarityResult; readonly made: T } | null = null;
    return () => {
      if (known === null || known.of !== shown) known = { of: shown!, made: make(shown!) };
      return known.made;
    };
  };
  const kind = () => theme.kind;

  const showNetworks = (result: SimilarityResult, measure: string) => {
    const { acrossFiles } = result;
    const quantity = options.quantity("acrossFiles");
    const labelOf = (one: SimilarityResult) => options.quantity(one.measure)?.label ?? one.measure;
    const card = (anchor: HTMLElement, text = "95 % over items and networks") => {
      if (quantity !== null) openCard(anchor, quantity, { text });
    };
    section(
      "networks",
      acrossFiles === null
        ? null
        : {
            title: "Across networks",
            parts: () =>
              pairMatrix(
                now((one) => acrossMatrix(one, labelOf(one), digits)!),
                kind,
              ),
            hint: "Hover a cell, or use the arrow keys; click or Enter for its card. The bar at a cell's foot is its 95 % interval over items and networks.",
            onChoose: (part) => {
              const canvas = sections.get("networks")?.box.querySelector("canvas");
              const sentence = acrossMatrix(shown!, labelOf(shown!), digits)?.cells[part]?.sentence;
              if (canvas != null) card(canvas, sentence);
            },
            extra: [namesakes],
          },
    );
    render(acrossFiles === null ? nothing : acrossTemplate(acrossFiles, measure, { save, digits, card }), namesakes);
  };

  const showItems = (result: SimilarityResult, waiting: boolean) => {
    if (result.rdms.length === 0) {
      items?.dispose();
      items = null;
      shownItems = [];
      return;
    }
    // Cells come many times, the items once.
    const drawn = [waiting, ...OF_ITEMS.map((field) => result[field])];
    if (drawn.length === shownItems.length && drawn.every((one, at) => one === shownItems[at])) return;
    shownItems = drawn;
    if (items === null) {
      items = itemsSection(options);
      place("items", items.element);
    }
    items.show(result, waiting);
  };

  return {
    show(result, ofItems, waiting) {
      // More items have come, and nothing else.
      if (shown === result) return showItems(ofItems, waiting);
      shown = result;
      const title = options.quantity(result.measure)?.label ?? result.measure;
      render(headTemplate(result, title, options), head);
      section("layers", {
        title: "Layers against layers",
        parts: () =>
          pairMatrix(
            now((one) => layerMatrix(one, options.quantity(one.measure)?.label ?? one.measure, digits)),
            kind,
          ),
        hint: "Hover a cell, or use the arrow keys; click or Enter for its card. The bar at a cell's foot is its 95 % interval, the tick chance.",
        onChoose: (part) => {
          const n = shown!.layers.length;
          const canvas = sections.get("layers")?.box.querySelector("canvas");
          if (canvas != null) explain(Math.floor(part / n), part % n, canvas);
        },
        extra: [cell],
      });
      render(matchesTemplate(result, digits, save), cell);
      const several = new Set(result.layers.map(({ file }) => file)).size > 1 && result.models.length > 0;
      section(
        "models",
        several
          ? {
              title: "Models against models",
              parts: () => pairMatrix(now(modelMatrix), kind),
              hint: "Hover a cell for how it was taken.",
            }
          : null,
      );
      showNetworks(result, title);
      section(
        "training",
        trainingData(result) === null
          ? null
          : {
              title: "Over training",
              parts: () => bandPoints(now((one) => trainingData(one)!)),
              hint: "Hover a point for its interval.",
              note: "Files in the order in which they were named.",
            },
      );
      const brains = result.layers.flatMap(({ kind: what }, at) => (what === "recording" ? [at] : []));
      for (const at of brains) {
        const numbers = ceilingBoxes.get(at) ?? make("div");
        ceilingBoxes.set(at, numbers);
        section(`brain-${at}`, {
          title: "Recording against layers",
          parts: () => bandPoints(now((one) => brainData(one, at))),
          hint: "Hover a point for its interval.",
          extra: [numbers],
        });
        const table = ceilingTable(result, at);
        const card = (anchor: HTMLElement) => {
          const quantity = options.quantity("generalization");
          if (quantity !== null) openCard(anchor, quantity, { text: "95 % over both" });
        };
        render(table === null ? nothing : ceilingTemplate(table, { save, digits, card }), numbers);
      }
      for (const id of [...sections.keys()])
        if (id.startsWith("brain-") && !brains.includes(Number(id.slice(6)))) section(id, null);
      section(
        "map",
        mapData(result) === null
          ? null
          : {
              title: "Map of layers",
              parts: () => cloudMap(now((one) => mapData(one)!)),
              hint: "Hover a layer. Lines join the layers of one file in order.",
            },
      );
      showItems(ofItems, waiting);
      section(
        "second",
        result.secondOrder !== null && result.layers.length > 1
          ? {
              title: "RDM of RDMs",
              parts: () => pairMatrix(now(secondOrderMatrix), kind),
              hint: "Hover a cell: 0 is the same order of dissimilarities.",
            }
          : null,
      );
    },
    dispose() {
      for (const { picture } of sections.values()) picture.dispose();
      items?.dispose();
      parent.replaceChildren();
    },
  };
}

function headTemplate(result: SimilarityResult, title: string, { quantity, digits }: ItemsOptions) {
  const { items, layers, notes, leftOut, ceilings, better, measure, correction } = result;
  const card = (field: string, label: string, text: string) => {
    const definition = quantity(field);
    const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
    return definition === null
      ? html`<span class="ms-number-card">${inside}</span>`
      : html`<button class="ms-number-card" type="button" data-field=${field}
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text })}>${inside}</button>`;
  };
  const number = (value: number) => formatNumber(value, digits).text;
  const said =
    ceilings.length > 0 && measure !== "rsa"
      ? [
          ...notes,
          "The recording's noise ceiling is known for comparisons of dissimilarities: it stands beside the layers under RSA.",
        ]
      : notes;
  const how =
    measure === "rsa"
      ? `${result.distance}, ${result.comparison}`
      : better === "high"
        ? "1 is the same"
        : "0 is the same";
  return html`
    <h1>${title}</h1>
    <p class="ms-quiet">${countOf(layers)} over ${items.used < items.all ? `${items.used} of ` : ""}${counted(items.all, "item")}</p>
    <div class="ms-numbers">
      ${card(measure, "measure", how)} ${card("interval", "interval", "95 % over items")} ${card("p", "permutations", "p of each cell")}
      ${
        correction === null
          ? nothing
          : card(
              "corrected",
              `p corrected for ${counted(correction.cells, "cell")}`,
              correction.method === "holm" ? "by Holm" : "by the largest of all",
            )
      }
      ${(measure === "rsa" ? ceilings : []).map(({ layer, lower, upper }) => card("ceiling", `noise ceiling, ${layers[layer]!.tensor.split("/").pop()}`, `${number(lower)} – ${number(upper)}`))}
    </div>
    ${said.length === 0 ? nothing : html`<ul class="ms-sim-notes">${said.map((note) => html`<li>${note}</li>`)}</ul>`}
    ${
      leftOut.length === 0
        ? nothing
        : html`<details class="ms-as-table"><summary>${leftOut.length === 1 ? "1 tensor is no layer here" : `${leftOut.length} tensors are no layers here`}</summary>
            <ul>${leftOut.slice(0, 200).map(({ tensor, reason }) => html`<li>${tensor}: ${reason}</li>`)}</ul></details>`
    }`;
}

function countOf(layers: SimilarityResult["layers"]): string {
  const recordings = layers.filter(({ kind }) => kind === "recording").length;
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  const own = layers.length - recordings;
  return [...(own > 0 ? [count(own, "layer")] : []), ...(recordings > 0 ? [count(recordings, "recording")] : [])].join(
    " and ",
  );
}

/** Which layer finds which, for two networks. */
function matchesTemplate({ models, files, layers }: SimilarityResult, digits: number, save: SaveFile) {
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
    }) => html`<details class="ms-as-table"><summary>${files[a]!.name} and ${files[b]!.name}: ${matches.filter(({ sameName }) => sameName).length} of ${counted(matches.length, "layer")} are closest to their namesake</summary>
      <table class="ms-data-table"><thead><tr><th scope="col">Layer</th><th scope="col">Closest</th><th scope="col">Value</th></tr></thead>
      <tbody>${matches.map(({ layer, best, value }) => html`<tr><th scope="row">${layers[layer]!.tensor}</th><td>${layers[best]!.tensor}</td><td>${formatNumber(value, digits).text}</td></tr>`)}</tbody></table>
      <button class="ms-link" type="button" title="Save this table" @click=${() =>
        save(`closest-${files[a]!.name}-${files[b]!.name}.csv`, {
          text: csvOf({
            columns: ["layer", "closest", "value"],
            rows: matches.map(({ layer, best, value }) => [layers[layer]!.tensor, layers[best]!.tensor, String(value)]),
          }),
        })}>CSV</button></details>`,
  )}`;
}
