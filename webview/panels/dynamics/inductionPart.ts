import { html, nothing, render } from "lit";
import type { Taught } from "../../../src/studies/dynamics/types.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import type { Part, PartContext } from "./part.ts";
import { namesOf, stepText } from "./readings.ts";

type Known = Exclude<Taught["semantics"], { readonly reason: string }>;

/** Rows of the table at most: the strongest and the most negative. */
const SHOWN = 60;

/** What becomes of a new property of one item, or a new item known by one property, at the time of the slider. */
export function inductionPart(
  parent: HTMLElement,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("induction", "Inductive projection");
  const content = make("div");
  section.body.append(content);
  parent.append(section.element);
  let shown: { readonly taught: Taught; readonly semantics: Known; readonly cards: Cards } | null = null;
  let moment = 0;
  const draw = () => {
    if (shown === null) return;
    render(template(shown.taught, shown.semantics, shown.cards, Math.round(moment), context, draw), content);
  };
  return {
    update({ result }, quantities) {
      const taught = result?.taught ?? null;
      const usable = taught !== null && !("reason" in taught) && !("reason" in taught.semantics);
      section.shown = usable;
      if (!usable || "reason" in taught || "reason" in taught.semantics) return;
      shown = { taught, semantics: taught.semantics, cards: new Cards(quantities) };
      draw();
    },
    setMoment(at) {
      const same = Math.round(at) === Math.round(moment);
      moment = at;
      if (!same) draw();
    },
    dispose: () => section.dispose(),
  };
}

export interface Projection {
  readonly index: number;
  readonly value: number;
}

/** h_jᵀh_i/‖h_i‖² at a checkpoint, the strongest first; the taught one itself is 1. */
export function projectionsAt(
  { items, properties, itemProducts, propertyProducts }: Known,
  kind: "item" | "property",
  taught: number,
  checkpoint: number,
): readonly Projection[] {
  const [indices, products] = kind === "item" ? [items, itemProducts] : [properties, propertyProducts];
  const p = indices.length;
  const own = indices.indexOf(taught);
  if (own < 0) return [];
  const row = checkpoint * p * p + own * p;
  const square = products[row + own] ?? Number.NaN;
  return indices
    .map((index, j) => ({ index, value: (products[row + j] ?? Number.NaN) / square }))
    .sort((a, b) => b.value - a.value);
}

function template(
  taught: Taught,
  semantics: Known,
  cards: Cards,
  checkpoint: number,
  context: PartContext,
  again: () => void,
) {
  const names = namesOf(taught);
  const { kind, index } = context.state().taught;
  const list = kind === "item" ? semantics.items : semantics.properties;
  const chosen = list.includes(index) ? index : (list[0] ?? 0);
  const choose = (next: { kind: "item" | "property"; index: number }) => {
    context.save({ taught: next });
    again();
  };
  const value = (event: Event) => (event.currentTarget as HTMLSelectElement).value;
  const of = kind === "item" ? names.item : names.property;
  const found = projectionsAt(semantics, kind, chosen, checkpoint);
  return html`
    <div class="ms-chart-bar">
      <label>Teach
        <select class="ms-select" data-control="kind" @change=${(event: Event) => choose({ kind: value(event) === "property" ? "property" : "item", index: 0 })}>
          <option value="item" ?selected=${kind === "item"}>a new property to</option>
          <option value="property" ?selected=${kind === "property"}>a new item with the property</option>
        </select></label>
      <label><span class="ms-visually-hidden">${kind === "item" ? "Item" : "Property"}</span>
        <select class="ms-select" data-control="taught" @change=${(event: Event) => choose({ kind, index: Number(value(event)) })}>
          ${list.map((one) => html`<option value=${String(one)} ?selected=${one === chosen}>${of(one)}</option>`)}
        </select></label>
      <span>at step ${stepText(taught.followed.steps[checkpoint])} (the slider's time)</span>
    </div>
    <p>${cards.heading("projection", "How strongly it is believed of the others")}: ${summary(found, of, chosen)}</p>
    ${barsTemplate(found, of, cards, kind === "item" ? "Item" : "Property")}
  `;
}

function summary(found: readonly Projection[], of: (index: number) => string, chosen: number): string {
  const others = found.filter(({ index }) => index !== chosen);
  const [first] = others;
  if (first === undefined || !Number.isFinite(first.value))
    return "its hidden vector is zero, so nothing is carried over.";
  const half = others.filter(({ value }) => value >= 0.5).length;
  return `most of ${of(first.index)} (${formatNumber(first.value, 3).text}); ${half} of ${others.length} get half of it or more.`;
}

function barsTemplate(found: readonly Projection[], of: (index: number) => string, cards: Cards, title: string) {
  const shown = found.length <= SHOWN ? found : [...found.slice(0, SHOWN - 20), ...found.slice(-20)];
  // As a property: the page's content policy lets no style attribute pass.
  const width = (value: number) => `${Math.min(100, 100 * Math.abs(value)).toFixed(1)}%`;
  return html`
    <div class="ms-table-scroll" tabindex="0" role="region" aria-label="Projections">
      <table class="ms-mode-bars ms-projections">
        <thead><tr><th scope="col">${title}</th><th scope="col">projection</th><th scope="col" class="ms-projection-bar"><span class="ms-visually-hidden">bar</span></th></tr></thead>
        <tbody>${shown.map(
          ({ index, value }) => html`<tr class="ms-in-half"><th scope="row">${of(index)}</th>
            <td>${cards.number("projection", formatNumber(value, 4).text)}</td>
            <td><div class="ms-bar-track"><span class=${`ms-bar ${value < 0 ? "ms-bar-negative" : "ms-bar-positive"}`} .style=${`width: calc(${width(value)} / 2)`}></span></div></td></tr>`,
        )}</tbody>
      </table>
    </div>
    ${shown.length < found.length ? html`<p class="ms-quiet">${found.length - shown.length} between are not listed.</p>` : nothing}
  `;
}
