import { html, type TemplateResult } from "lit";
import type { Measured, Provenance } from "../../../src/analysis/types.ts";
import { openCard } from "../../shell/card.ts";
import { readMeasured } from "./readings.ts";
import type { TensorSession } from "./session.ts";

/** A number that opens its card: which analysis says it, and under which field its card stands. */
export class Cards {
  constructor(
    private readonly session: Pick<TensorSession, "quantity">,
    private readonly analysis: string,
    private readonly digits: number,
  ) {}

  measured(field: string, measured: Measured | null): TemplateResult {
    return this.number(field, readMeasured(measured, this.digits), measured?.how ?? null);
  }

  number(field: string, text: string, how: Provenance | null = null): TemplateResult {
    const quantity = this.session.quantity(this.analysis, field);
    if (quantity === null) return html`<span>${text}</span>`;
    return html`<button class="ms-value" type="button" title=${`${quantity.label}: open its card`} data-field=${field} @click=${(
      event: Event,
    ) => openCard(event.currentTarget as HTMLElement, quantity, { text, how })}>${text}</button>`;
  }

  /** A heading whose card says what stands under it. */
  heading(field: string, text: string): TemplateResult {
    const quantity = this.session.quantity(this.analysis, field);
    if (quantity === null) return html`${text}`;
    return html`<button class="ms-value ms-value-heading" type="button" title=${`What is ${text}?`} @click=${(
      event: Event,
    ) => openCard(event.currentTarget as HTMLElement, quantity)}>${text}</button>`;
  }
}
