import { html, nothing, render } from "lit";
import type { Provenance, QuantityDefinition } from "../../src/analysis/types.ts";
import { describeProvenance } from "./measured.ts";

const GAP = 6;

let open: { readonly dialog: HTMLDialogElement; close(): void } | null = null;

/** What the card may say about the very number it was opened from. */
export interface CardNumber {
  readonly text: string;
  readonly how?: Provenance | null;
  /** Its null for the matrix at hand, in one sentence. */
  readonly beside?: string | null;
}

/**
 * Opens the card of a quantity beside the button it was asked from. One card at a time; Esc, the close button or a click
 * outside closes it, and the focus goes back to `returnTo` (the anchor, unless another element keeps the focus for it).
 */
export function openCard(
  anchor: HTMLElement,
  quantity: QuantityDefinition,
  number?: CardNumber,
  returnTo: HTMLElement = anchor,
): void {
  open?.close();
  const dialog = document.createElement("dialog");
  dialog.className = "ms-card";
  dialog.setAttribute("aria-label", quantity.label);
  const close = () => {
    if (open?.dialog !== dialog) return;
    open = null;
    if (dialog.open) dialog.close();
    dialog.remove();
    returnTo.focus({ preventScroll: true });
  };
  render(cardTemplate(quantity, number, close), dialog);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && isOutside(dialog, event)) close();
  });
  document.body.append(dialog);
  open = { dialog, close };
  dialog.showModal();
  place(dialog, anchor);
  dialog.querySelector<HTMLElement>(".ms-card-close")?.focus();
}

export function closeCard(): void {
  open?.close();
}

/** A click on the backdrop has the dialog as its target too; only its place tells them apart. */
function isOutside(dialog: HTMLElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** Below the anchor where there is room, else above; never off the screen. */
function place(dialog: HTMLElement, anchor: HTMLElement): void {
  const from = anchor.getBoundingClientRect();
  const box = dialog.getBoundingClientRect();
  const below = from.bottom + GAP;
  const top = below + box.height <= window.innerHeight ? below : Math.max(GAP, from.top - GAP - box.height);
  const left = Math.max(GAP, Math.min(from.left, window.innerWidth - box.width - GAP));
  dialog.style.top = `${top}px`;
  dialog.style.left = `${left}px`;
}

function cardTemplate(quantity: QuantityDefinition, number: CardNumber | undefined, close: () => void) {
  const how = number?.how;
  return html`
    <header class="ms-card-head">
      <h2>${quantity.label} <span class="ms-symbol">${quantity.symbol}</span></h2>
      <button class="ms-icon-button ms-card-close" type="button" aria-label="Close" @click=${close}>
        <span class="codicon codicon-close" aria-hidden="true"></span>
      </button>
    </header>
    ${number === undefined ? nothing : html`<p class="ms-card-value">${number.text}${unit(quantity)}</p>`}
    <p>${quantity.definition}</p>
    <dl>
      <dt>Equation</dt>
      <dd class="ms-equation">${quantity.equation}</dd>
      ${how === undefined || how === null ? nothing : html`<dt>How computed</dt><dd>${describeProvenance(how)}</dd>`}
      ${typeof number?.beside === "string" ? html`<dt>Null here</dt><dd class="ms-card-null">${number.beside}</dd>` : nothing}
      <dt>Null</dt>
      <dd>${quantity.nullModel}</dd>
      <dt>Assumes</dt>
      <dd>${quantity.assumptions.length === 0 ? "Nothing beyond the definition." : assumptions(quantity)}</dd>
      <dt>Source</dt>
      <dd>${quantity.source}</dd>
    </dl>
  `;
}

function unit(quantity: QuantityDefinition): string {
  return quantity.unit === undefined ? "" : ` ${quantity.unit}`;
}

function assumptions(quantity: QuantityDefinition) {
  return html`<ul>${quantity.assumptions.map((text) => html`<li>${text}</li>`)}</ul>`;
}
