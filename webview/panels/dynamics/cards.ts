import { html, type TemplateResult } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { openCard } from "../../shell/card.ts";

export type Quantities = Readonly<Record<string, QuantityDefinition>>;

/** Numbers that open their cards: definition, equation, source, assumptions, null. */
export class Cards {
  constructor(private readonly quantities: Quantities) {}

  number(field: string, text: string): TemplateResult {
    const quantity = this.quantities[field];
    if (quantity === undefined) return html`<span>${text}</span>`;
    return html`<button class="ms-value" type="button" title=${`${quantity.label}: open its card`} data-field=${field} @click=${(
      event: Event,
    ) => openCard(event.currentTarget as HTMLElement, quantity, { text })}>${text}</button>`;
  }

  /** A heading whose card says what stands under it. */
  heading(field: string, text: string): TemplateResult {
    const quantity = this.quantities[field];
    if (quantity === undefined) return html`${text}`;
    return html`<button class="ms-value ms-value-heading" type="button" title=${`What is ${text}?`} @click=${(
      event: Event,
    ) => openCard(event.currentTarget as HTMLElement, quantity)}>${text}</button>`;
  }
}
