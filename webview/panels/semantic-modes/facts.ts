import { html, nothing } from "lit";
import type { Provenance, QuantityDefinition } from "../../../src/analysis/types.ts";
import { counted } from "../../../src/base/counted.ts";
import type { SemanticModesResult } from "../../../src/studies/semantic-modes/types.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import { formatMeasured } from "../../shell/measured.ts";

type Quantity = (field: string) => QuantityDefinition | null;

function numberCard(quantity: Quantity, field: string, label: string, text: string, how: Provenance | null = null) {
  const definition = quantity(field);
  const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
  return definition === null
    ? html`<span class="ms-number-card">${inside}</span>`
    : html`<button class="ms-number-card" type="button" data-field=${field}
        @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text, how })}>${inside}</button>`;
}

/** What Σ is, the conventions in words, and the numbers that hold for all modes together. */
export function factsTemplate(result: SemanticModesResult, digits: number, quantity: Quantity) {
  const { subject, rows, columns, modes, noise, inputs, network, chain, notes } = result;
  const text = (value: number) => formatNumber(value, digits).text;
  const card = (field: string, label: string, shown: string, how: Provenance | null = null) =>
    numberCard(quantity, field, label, shown, how);
  return html`
    <h1>${subject.title}</h1>
    <p class="ms-quiet">${rows} ${subject.rowName === "property" ? "properties" : "outputs"} × ${columns} ${subject.columnName}s${
      subject.items === null || subject.columnName === "item" ? "" : `, ${counted(subject.items, "item")}`
    }</p>
    <div class="ms-numbers">
      ${modes[0] === undefined ? nothing : card("singularValue", "strongest mode σ₁", text(modes[0].singularValue))}
      ${noise === null ? nothing : card("error", "noise in each entry", formatMeasured(noise, digits).text, noise.how)}
      ${inputs === null ? nothing : card("offDiagonalShare", "modes mixed by the inputs", text(inputs.offDiagonalShare))}
      ${
        network === null
          ? nothing
          : html`${card("offDiagonal", "off-diagonal energy ρ", `${text(network.offDiagonal)}${network.offDiagonal > 0.1 ? ", not decoupled" : ""}`)}
            ${network.source === "answers" || network.source === "run" ? card("rSquared", "explained behaviour R²", text(network.rSquared)) : nothing}`
      }
      ${chain?.fingerprint == null ? nothing : card("fingerprint", "minimum-norm fingerprint", text(chain.fingerprint))}
    </div>
    <ul class="ms-modes-notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}

/** How the layers of a chain fit together. */
export function chainTemplate({ chain }: SemanticModesResult, digits: number, quantity: Quantity) {
  if (chain === null) return nothing;
  const text = (value: number) => formatNumber(value, digits).text;
  const value = (field: string, shown: string) => {
    const definition = quantity(field);
    return definition === null
      ? shown
      : html`<button class="ms-value" type="button"
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text: shown })}>${shown}</button>`;
  };
  const finite = chain.logValues.filter((one) => Number.isFinite(one));
  return html`
    <h2>How the layers fit together</h2>
    <p>ln σ of the product, accumulated layer by layer: from ${text(chain.logValues[0] ?? Number.NaN)} to ${text(
      finite[finite.length - 1] ?? Number.NaN,
    )}; ${finite.length} of ${chain.logValues.length} are not zero.</p>
    <div class="ms-table-scroll">
      <table class="ms-data-table ms-joints">
        <caption>Modes of the product are the layers' own only where neighbours are aligned. Null: unrelated layers.</caption>
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Units</th><th scope="col">Alignment of the leading k</th>
          <th scope="col">Null k/n</th><th scope="col">Imbalance ‖B‖</th><th scope="col">of the layers</th></tr></thead>
        <tbody>${chain.joints.map(
          (joint) => html`<tr><th scope="row">${joint.from}</th><td>${joint.to}</td><td>${joint.units}</td>
            <td>${value("alignment", text(joint.alignment))} (k = ${joint.k})</td><td>${text(joint.alignmentNull)}</td>
            <td>${value("imbalance", text(joint.imbalance))}</td><td>${text(joint.relativeImbalance)}</td></tr>`,
        )}</tbody>
      </table>
    </div>`;
}
