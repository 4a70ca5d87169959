import { html, nothing } from "lit";
import { counted } from "../../../../src/base/counted.ts";
import { entryOf } from "../../../../src/base/triangle.ts";
import type { LinkedItems } from "../../../parts/selection/linkedItems.ts";
import { formatNumber } from "../../../shell/format.ts";
import type { ItemsModel } from "./model.ts";
import { stimulusCanvas } from "./strip.ts";

const SIDE = 64;
/** Names of chosen items that are written out, and items that are shown as what they are. */
const MOST_NAMES = 8;
const MOST_SHOWN = 6;

/** What is chosen, how many, and how to end it; beside it what the pointer or a cursor is at. */
export function itemsBarTemplate(model: ItemsModel, linked: LinkedItems) {
  const { rowOf, names, ids } = model;
  const chosen = linked.chosen.filter((item) => rowOf.has(item));
  const away = linked.count - chosen.length;
  const listed = chosen.slice(0, MOST_NAMES).map((item) => names[rowOf.get(item)!]!);
  const rest = chosen.length - listed.length;
  const said =
    linked.count === 0
      ? "No item is chosen."
      : `${linked.count} of ${counted(ids.length, "item")} chosen: ${listed.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}${away > 0 ? `; ${away} of them not on show` : ""}.`;
  const pointed = linked.pointed.length > 0 ? linked.pointed : chosen.slice(0, MOST_SHOWN);
  return html`
    <div class="ms-items-said">
      <span role="status" class="ms-items-count">${said}</span>
      <button class="ms-link" type="button" data-act="all" @click=${() => linked.all(ids)}>Choose All</button>
      ${linked.count === 0 ? nothing : html`<button class="ms-link" type="button" data-act="clear" @click=${() => linked.clear()}>Clear</button>`}
    </div>
    <div class="ms-items-shown" aria-hidden="true">${pointed.map((item) => itemTemplate(model, rowOf.get(item)))}</div>`;
}

function itemTemplate(model: ItemsModel, row: number | undefined) {
  if (row === undefined) return nothing;
  const picture = model.picture(row);
  const text = model.text(row);
  return html`<figure class="ms-stimulus-box">${picture === null ? nothing : stimulusCanvas(picture, SIDE)}
    <figcaption>${model.names[row]}</figcaption>${text === null ? nothing : html`<blockquote class="ms-stimulus-text">${text}</blockquote>`}</figure>`;
}

/** The distance of two chosen items in every layer. */
export function pairTemplate(model: ItemsModel, linked: LinkedItems) {
  const [first, second] = linked.chosen.map((item) => model.rowOf.get(item));
  if (linked.count !== 2 || first === undefined || second === undefined) return nothing;
  const { result, order, names } = model;
  const n = result.shownItems.length;
  const [a, b] = [order.positions[first]!, order.positions[second]!];
  return html`<div class="ms-table-scroll"><table class="ms-data-table"><caption>${names[first]} and ${names[second]}: distance in each layer</caption>
    <thead><tr><th scope="col">Layer</th><th scope="col">Measured as</th><th scope="col">Distance</th></tr></thead>
    <tbody>${result.rdms.map(
      ({ layer, triangle, reason, distance }) =>
        html`<tr><th scope="row">${result.layers[layer]!.label}</th><td>${distance}</td><td>${
          triangle === null ? (reason ?? "refused") : formatNumber(entryOf(triangle, n, a, b), 4).text
        }</td></tr>`,
    )}</tbody></table></div>`;
}
