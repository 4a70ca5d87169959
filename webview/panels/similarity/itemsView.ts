import { html, nothing } from "lit";
import type { SimilarityResult } from "../../../src/studies/similarity/types.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import { nameOfItem } from "./data.ts";

/** Pixels on screen along the longer side of a stimulus. */
const SIDE = 64;

/** The picture of an item, or nothing where the person named no pictures. */
function stimulus({ stimuli, shownItems }: SimilarityResult, item: number): HTMLCanvasElement | null {
  const at = shownItems.indexOf(item);
  if (stimuli === null || at < 0) return null;
  const { width, height, channels, pixels } = stimuli;
  const canvas = make("canvas", "ms-stimulus");
  canvas.width = width;
  canvas.height = height;
  const scale = SIDE / Math.max(width, height);
  canvas.style.width = `${Math.round(width * scale)}px`;
  canvas.style.height = `${Math.round(height * scale)}px`;
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const image = context.createImageData(width, height);
  for (let k = 0; k < width * height; k++) {
    const from = (at * width * height + k) * channels;
    for (let c = 0; c < 3; c++) image.data[4 * k + c] = pixels[from + Math.min(c, channels - 1)]!;
    image.data[4 * k + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Items under the cursor: their pictures and names. */
export function pairTemplate(result: SimilarityResult, items: readonly number[]) {
  return html`${items.map(
    (item) =>
      html`<figure class="ms-stimulus-box">${stimulus(result, item) ?? nothing}<figcaption>${nameOfItem(result, item)}</figcaption></figure>`,
  )}`;
}

/** The chosen items with their distance in every layer. */
export function chosenTemplate(result: SimilarityResult, chosen: readonly number[], clear: () => void) {
  if (chosen.length === 0)
    return html`<p class="ms-quiet">Click two items in a matrix, or press Enter there, to mark them in every layer.</p>`;
  const [first, second] = chosen;
  const places = chosen.map((item) => result.shownItems.indexOf(item));
  const n = result.shownItems.length;
  return html`
    <div class="ms-chosen-items">${pairTemplate(result, chosen)}
      <button class="ms-link" type="button" @click=${clear}>Unmark</button></div>
    ${
      first === undefined || second === undefined
        ? nothing
        : html`<div class="ms-table-scroll"><table class="ms-data-table"><caption>${nameOfItem(result, first)} and ${nameOfItem(result, second)}: ${result.distance} distance in each layer</caption>
          <thead><tr><th scope="col">Layer</th><th scope="col">Distance</th></tr></thead>
          <tbody>${result.rdms.map(
            ({ layer, values, reason }) =>
              html`<tr><th scope="row">${result.layers[layer]!.label}</th><td>${
                values === null ? (reason ?? "refused") : formatNumber(values[places[0]! * n + places[1]!], 4).text
              }</td></tr>`,
          )}</tbody></table></div>`
    }`;
}
