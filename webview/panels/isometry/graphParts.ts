import { html } from "lit";
import type { GraphReading, IsometryResult } from "../../../src/studies/isometry/types.ts";
import { headingCard } from "../../parts/signal/facts.ts";
import type { SignalTools } from "../../parts/signal/signalPanel.ts";
import { formatNumber } from "../../shell/format.ts";
import { powerOfTen } from "./readings.ts";

const INPUTS = [1, 2, 4, 8, 16, 32] as const;

/** How many inputs are looked at, and how large random ones are where the model leaves it open. */
export function graphControls({ graph }: IsometryResult, { recorded, change, state }: SignalTools) {
  const { open } = state().own;
  const samples = graph?.samples ?? 4;
  const pick = (event: Event) => change({ inputs: Number((event.target as HTMLSelectElement).value) });
  const size = (event: Event) => {
    const value = Number((event.target as HTMLInputElement).value);
    if (Number.isInteger(value) && value >= 1) change({ open: value });
  };
  return html`
    <label class="ms-selector"><span>Inputs</span><select @change=${pick} ?disabled=${recorded}>
      ${INPUTS.every((count) => count !== samples) ? html`<option value=${samples} selected>${samples}</option>` : ""}
      ${INPUTS.map((count) => html`<option value=${count} ?selected=${count === samples}>${count}</option>`)}</select></label>
    <label class="ms-selector" title="Pixels or positions of random inputs, where the model leaves them open: 32 or 16 where nothing is said"><span>Open sizes</span>
      <input class="ms-number-field" type="number" min="1" step="1" .value=${open === undefined ? "" : String(open)} placeholder="as usual" ?disabled=${recorded || state().inputs !== null} @change=${size}></label>`;
}

/** Value by value: what it is, its second moment and how far the Jacobian from the span's first has grown. */
export function blocksTemplate({ blocks, samples, probes }: GraphReading, { quantity, digits }: SignalTools) {
  const heading = (field: string, words: string) => headingCard(quantity, field, words);
  return html`<div class="ms-table-scroll" tabindex="0" role="region" aria-label="Growth value by value"><table class="ms-data-table ms-signal-table">
    <caption>Value by value: ${samples} ${samples === 1 ? "input" : "inputs"}, ${probes} random directions each</caption>
    <thead><tr><th scope="col">Value</th><th scope="col">Made by</th><th scope="col">Size</th><th scope="col">${heading("blockQ", "q")}</th>
      <th scope="col">${heading("partialJacobian", "APJN")}</th><th scope="col">standard error</th></tr></thead>
    <tbody>${blocks.map(
      ({
        label,
        op,
        shape,
        q,
        logJacobian,
      }) => html`<tr><th scope="row">${label}</th><td>${op}</td><td>${shape.join(" × ")}</td>
        <td>${formatNumber(q, digits).text}</td><td>${logJacobian === null ? "–" : powerOfTen(logJacobian.value / Math.LN10)}</td>
        <td>${logJacobian === null ? "–" : `${(100 * logJacobian.standardError).toFixed(1)} %`}</td></tr>`,
    )}</tbody></table></div>`;
}
