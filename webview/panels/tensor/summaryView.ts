import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type SerializedError, serializeError } from "../../../src/base/errors.ts";
import { openCard } from "../../shell/card.ts";
import type { Reading } from "./readings.ts";

type Group =
  | { readonly kind: "waiting" }
  | { readonly kind: "done"; readonly readings: readonly Reading[] }
  | { readonly kind: "failed"; readonly error: SerializedError };

const EXPECTED = { statistics: 10, spectrum: 5 } as const;
export type SummaryGroup = keyof typeof EXPECTED;

/** The numbers at the top; each is a button that opens its quantity's card. Their places are kept while they are computed. */
export class SummaryView {
  readonly element = document.createElement("div");
  readonly #groups = new Map<SummaryGroup, Group>();

  constructor(private readonly quantity: (analysis: string, field: string) => QuantityDefinition | null) {
    this.element.className = "ms-summary";
    this.reset();
  }

  reset(): void {
    for (const group of Object.keys(EXPECTED) as SummaryGroup[]) this.#groups.set(group, { kind: "waiting" });
    this.#render();
  }

  show(group: SummaryGroup, readings: readonly Reading[]): void {
    this.#groups.set(group, { kind: "done", readings });
    this.#render();
  }

  fail(group: SummaryGroup, error: unknown): void {
    this.#groups.set(group, { kind: "failed", error: serializeError(error) });
    this.#render();
  }

  #render(): void {
    render(
      html`${[...this.#groups].map(([id, group]) => html`<div class="ms-numbers" data-group=${id}>${this.#group(id, group)}</div>`)}`,
      this.element,
    );
  }

  #group(id: SummaryGroup, group: Group) {
    switch (group.kind) {
      case "waiting":
        return Array.from(
          { length: EXPECTED[id] },
          () => html`<span class="ms-number-card ms-number-waiting">…</span>`,
        );
      case "failed": {
        const { code, message, details } = group.error;
        return code === "unsupported" || code === "cancelled"
          ? html`<p class="ms-quiet">${message}</p>`
          : html`<p class="ms-section-error" role="alert">${message} ${details.remedy ?? ""}</p>`;
      }
      case "done":
        return group.readings.map((reading) => this.#number(reading));
    }
  }

  #number(reading: Reading) {
    const quantity = this.quantity(reading.analysis, reading.field);
    const inside = html`<span class="ms-number-label">${reading.label}</span><span class="ms-number-value">${reading.text}</span>${reading.beside === null ? nothing : html`<span class="ms-number-null">${reading.beside.short}</span>`}`;
    if (quantity === null) return html`<span class="ms-number-card" title=${reading.title}>${inside}</span>`;
    return html`
      <button class="ms-number-card" type="button" title=${reading.title} data-field=${reading.field}
        @click=${(event: Event) =>
          openCard(event.currentTarget as HTMLElement, quantity, {
            text: reading.text,
            how: reading.how,
            beside: reading.beside?.long ?? null,
          })}>${inside}</button>
    `;
  }
}
