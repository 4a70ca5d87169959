import { html, nothing, type TemplateResult } from "lit";
import type { TargetRef } from "../../../src/analysis/types.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { CodeLine } from "../../../src/protocol/contract.ts";
import { formatCount, formatShape } from "../../shell/format.ts";
import type { SessionReference } from "./session.ts";
import { matrixSizeOf, readingLabel, tapsOf } from "./targets.ts";

/** The lines of the workspace's code that name this tensor's module, and the way there. */
export interface CodeLink {
  readonly places: readonly CodeLine[];
  open(): void;
}

/** Which checkpoint this one is compared with, and the way to another. */
export interface Against {
  readonly reference: SessionReference | null;
  choose(): void;
}

function againstTemplate({ reference, choose }: Against): TemplateResult {
  return html`
    <p class="ms-quiet ms-against">
      ${
        reference === null
          ? "Against: no earlier checkpoint"
          : html`Against: <b>${reference.name}</b>${reference.firstOfRun ? " (first of this run)" : nothing}`
      }
      <button class="ms-link" type="button" @click=${choose}>Choose…</button>
    </p>
  `;
}

/** Says nothing where no line was found; the line it stands on is there anyway, so nothing moves when it comes. */
function codeTemplate({ places, open }: CodeLink): TemplateResult | typeof nothing {
  const [first] = places;
  if (first === undefined) return nothing;
  const label = places.length === 1 ? `${first.file}:${first.line}` : `${places.length} lines of code`;
  const title = places.map(({ file, line, text }) => `${file}:${line}  ${text}`).join("\n");
  return html`
    <button class="ms-link ms-code-link" type="button" title=${title} @click=${open}>
      <span class="codicon codicon-go-to-file" aria-hidden="true"></span>${label}
    </button>
    ${places.length === 1 ? html`<code class="ms-code-text">${first.text}</code>` : nothing}
  `;
}

/** Name, shape, dtype, what it is and why we think so, and the choice of part and kernel reading. */
export function headerTemplate(
  checkpoint: string,
  tensor: DescribedTensor,
  target: TargetRef,
  choose: (target: TargetRef) => void,
  code: CodeLink,
  against: Against,
): TemplateResult {
  const shape = formatShape(tensor.shape);
  const elements = formatCount(tensor.elements, "elements");
  const size = matrixSizeOf(tensor, target);
  const taps = tapsOf(tensor);
  return html`
    <header class="ms-tensor-header">
      <p class="ms-quiet ms-tensor-file">${checkpoint} ${codeTemplate(code)}</p>
      <h1 class="ms-tensor-name">${tensor.name}</h1>
      <p class="ms-tensor-facts">
        <span title=${shape.title}>${shape.text}</span>
        <span>${tensor.dtype}</span>
        <span title=${elements.title}>${elements.text} elements</span>
        <vscode-tag>${tensor.role}</vscode-tag>
        <span class="ms-quiet">${tensor.evidence}</span>
      </p>
      ${tensor.matrix === undefined ? nothing : againstTemplate(against)}
      ${tensor.parts.length === 0 ? nothing : partSelector(tensor, target, choose)}
      ${taps.length === 0 ? nothing : tapSelector(tensor, target, taps, choose)}
      ${
        size === null
          ? nothing
          : html`<p class="ms-quiet ms-reading">Read as a matrix of ${size.rows} outputs × ${size.columns} inputs${
              taps.length === 0 ? "" : `: ${readingLabel(tensor, target.tap)}`
            }.</p>`
      }
    </header>
  `;
}

function partSelector(tensor: DescribedTensor, target: TargetRef, choose: (target: TargetRef) => void) {
  return html`
    <label class="ms-selector">
      <span>Part of the fused tensor</span>
      <select class="ms-select ms-part" @change=${(event: Event) =>
        choose({ ...target, part: (event.target as HTMLSelectElement).selectedIndex })}>
        ${tensor.parts.map(
          (part, index) => html`<option value=${index} ?selected=${index === target.part}>${part.label}</option>`,
        )}
      </select>
    </label>
  `;
}

function tapSelector(
  tensor: DescribedTensor,
  target: TargetRef,
  taps: readonly (readonly number[])[],
  choose: (target: TargetRef) => void,
) {
  const readings = [null, ...taps];
  return html`
    <label class="ms-selector">
      <span>Convolution read as</span>
      <select class="ms-select ms-tap" @change=${(event: Event) =>
        choose({ ...target, tap: readings[(event.target as HTMLSelectElement).selectedIndex] ?? null })}>
        ${readings.map(
          (tap, index) =>
            html`<option value=${index} ?selected=${(tap ?? []).join() === (target.tap ?? []).join()}>${
              tap === null ? readingLabel(tensor, null) : `tap (${tap.join(", ")})`
            }</option>`,
        )}
      </select>
    </label>
  `;
}
