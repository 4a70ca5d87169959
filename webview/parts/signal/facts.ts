import { html } from "lit";
import type { Provenance, QuantityDefinition } from "../../../src/analysis/types.ts";
import { openCard } from "../../shell/card.ts";

type Quantity = (field: string) => QuantityDefinition | null;

/** A labelled number that opens its card. */
export function numberCard(
  quantity: Quantity,
  field: string,
  label: string,
  text: string,
  how: Provenance | null = null,
) {
  const definition = quantity(field);
  const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
  if (definition === null) return html`<span class="ms-number-card">${inside}</span>`;
  const open = (event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text, how });
  return html`<button class="ms-number-card" type="button" data-field=${field} @click=${open}>${inside}</button>`;
}

/** A column's heading that opens the card of what stands under it. */
export function headingCard(quantity: Quantity, field: string, text: string) {
  const definition = quantity(field);
  if (definition === null) return html`${text}`;
  const open = (event: Event) => openCard(event.currentTarget as HTMLElement, definition);
  return html`<button class="ms-value ms-value-heading" type="button" data-field=${field} title=${`What is ${text}?`} @click=${open}>${text}</button>`;
}
