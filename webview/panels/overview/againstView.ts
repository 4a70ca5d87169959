import { html, nothing, type TemplateResult } from "lit";
import type { Reference } from "../../../src/protocol/contract.ts";

/** The checkpoint to compare with: open, or with why it is not. */
export type ShownReference = Reference & ({ readonly checkpoint: string } | { readonly problem: string });

/** "Change since step-0000 (first of this run) · Choose…": which checkpoint "learned" is measured against. */
export function againstTemplate(
  reference: ShownReference | null,
  choose: () => void,
  showDynamics: () => void,
): TemplateResult {
  return html`
    <p class="ms-against ms-quiet">
      <span class="codicon codicon-git-compare" aria-hidden="true"></span>
      <span class="ms-against-text">${
        reference === null
          ? "Compared with no earlier checkpoint: nothing is said to have been learned."
          : html`Change since <b>${reference.name}</b>${reference.firstOfRun ? html`<span class="ms-where-wide"> (first of this run)</span>` : nothing}${
              "problem" in reference ? html`, which cannot be read: ${reference.problem}` : nothing
            }.`
      }</span>
      <button class="ms-link" type="button" @click=${choose}>Choose…</button>
      ${
        reference?.firstOfRun === true
          ? html`<button class="ms-link ms-show-dynamics" type="button" title="How the whole run learned" @click=${showDynamics}>Learning dynamics</button>`
          : nothing
      }
    </p>
  `;
}

/** What was found to be remarkable, each with its tensor's name. At the foot and closed: it comes while someone reads the table. */
export function remarksTemplate(remarks: readonly string[]): TemplateResult | typeof nothing {
  if (remarks.length === 0) return nothing;
  const shown = remarks.slice(0, MAX_REMARKS);
  const rest = remarks.length - shown.length;
  return html`
    <details class="ms-disclosure ms-remarks">
      <summary>
        <span class="codicon codicon-eye" aria-hidden="true"></span>
        <span>${remarks.length === 1 ? "1 remark" : `${remarks.length} remarks`} on weights</span>
      </summary>
      <ul>
        ${shown.map((remark) => html`<li>${remark}</li>`)} ${rest > 0 ? html`<li class="ms-quiet">and ${rest} more; see the remarks column</li>` : nothing}
      </ul>
    </details>
  `;
}

const MAX_REMARKS = 50;
