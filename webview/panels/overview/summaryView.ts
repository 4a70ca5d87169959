import { html, nothing, svg, type TemplateResult } from "lit";
import type { Finding } from "../../../src/formats/types.ts";
import type { CheckpointSummary, Totals } from "../../../src/protocol/contract.ts";
import { formatBytes, formatCount, formatDuration } from "../../shell/format.ts";
import type { ReasonGroup } from "./model.ts";

/** Names listed under one reason; the rest is counted. */
const NAMES_SHOWN = 50;
const BAR_WIDTH = 200;

/** Tab and breadcrumb show the file's name already, so the heading is for screen readers; the totals are one dense line. */
export function summaryTemplate(summary: CheckpointSummary): TemplateResult {
  const { totals } = summary;
  const tensors = formatCount(totals.tensors, "tensors");
  const parameters = formatCount(totals.parameters, "parameters");
  const bytes = formatBytes(totals.storedBytes);
  const opened = `${formatBytes(summary.bytesRead).text} of ${formatBytes(summary.fileBytes).text} read in ${formatDuration(summary.openMilliseconds).text} to list the tensors`;
  return html`
    <header class="ms-summary">
      <h1 class="ms-visually-hidden">${summary.name}</h1>
      <p class="ms-totals">
        <span class="ms-format" title=${opened}>${summary.formatTitle}</span>
        <span title=${tensors.title}><b>${tensors.text}</b> ${totals.tensors === 1 ? "tensor" : "tensors"}</span>
        <span title=${parameters.title}><b>${parameters.text}</b> parameters</span>
        <span title="${bytes.title} stored"><b>${bytes.text}</b></span>
        ${dtypeMix(totals)}
      </p>
    </header>
  `;
}

/** A bar by stored bytes, and the same in words: colour alone says nothing. */
function dtypeMix({ dtypes, storedBytes }: Totals): TemplateResult {
  const share = (bytes: number) => (storedBytes === 0 ? 0 : bytes / storedBytes);
  let from = 0;
  const segments = dtypes.map((entry, index) => {
    const width = share(entry.bytes) * BAR_WIDTH;
    const rect = svg`<rect class="ms-dtype-${index % 6}" x=${from} y="0" width=${width} height="8"></rect>`;
    from += width;
    return rect;
  });
  // One dtype needs no bar to be compared in.
  const [only] = dtypes;
  if (dtypes.length < 2) return html`<span>${only?.dtype ?? ""}</span>`;
  const words = dtypes.map(({ dtype, bytes }) => `${dtype} ${percent(share(bytes))}`).join(", ");
  const detail = dtypes
    .map(({ dtype, tensors, elements, bytes }) => {
      return `${dtype}: ${tensors} tensors, ${formatCount(elements).title} elements, ${formatBytes(bytes).text}`;
    })
    .join("\n");
  return html`
    <span class="ms-dtypes" title=${detail}>
      <svg width="60" height="8" viewBox="0 0 ${BAR_WIDTH} 8" preserveAspectRatio="none" aria-hidden="true">${segments}</svg>
      ${words}
    </span>
  `;
}

function percent(fraction: number): string {
  if (fraction > 0 && fraction < 0.005) return "<1 %";
  return fraction < 1 && fraction > 0.995 ? ">99 %" : `${Math.round(fraction * 100)} %`;
}

/** Security first: what a pickle wanted to call stands above everything else. */
export function findingsTemplate(findings: readonly Finding[]): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  const security = findings.filter(({ kind }) => kind === "security");
  const warnings = findings.filter(({ kind }) => kind !== "security");
  return html`
    ${
      security.length === 0
        ? nothing
        : html`
          <section class="ms-finding ms-finding-security" role="alert">
            <span class="codicon codicon-shield" aria-hidden="true"></span>
            <div>
              <b>Security: nothing in this file was run here, but other programs may run it on loading.</b>
              ${findingList(security)}
            </div>
          </section>`
    }
    ${
      warnings.length === 0
        ? nothing
        : html`
          <details class="ms-finding ms-finding-warning" ?open=${warnings.length <= 2}>
            <summary>
              <span class="codicon codicon-warning" aria-hidden="true"></span>
              ${warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}
            </summary>
            ${findingList(warnings)}
          </details>`
    }
  `;
}

function findingList(findings: readonly Finding[]): TemplateResult {
  return html`
    <ul>
      ${findings.map(
        ({ message, field, offset }) => html`
          <li>
            ${message}
            ${field === undefined ? nothing : html`<span class="ms-quiet">field ${field}</span>`}
            ${offset === undefined ? nothing : html`<span class="ms-quiet">byte offset ${offset}</span>`}
          </li>`,
      )}
    </ul>
  `;
}

export interface ReasonSection {
  /** The sentence after its number: "13" + "rows" + "without a spectrum". */
  readonly noun: string;
  readonly lack: string;
  readonly groups: readonly ReasonGroup[];
}

/** "Not analysed, because…": everything that the table has no numbers for, by reason. */
export function reasonsTemplate(sections: readonly ReasonSection[]): TemplateResult | typeof nothing {
  const full = sections.filter(({ groups }) => groups.length > 0);
  if (full.length === 0) return nothing;
  const failed = full.some(({ groups }) => groups.some(({ kind }) => kind === "failed"));
  const sentences = full.map((section) => ({ ...section, sentence: `${counted(section)} ${section.lack}` }));
  return html`
    <details class="ms-disclosure ms-reasons">
      <summary>
        ${failed ? html`<span class="codicon codicon-warning" aria-hidden="true"></span>` : nothing}
        <span>${sentences.map(({ sentence }) => sentence).join(" · ")}, because…</span>
      </summary>
      ${sentences.map(
        ({ sentence, groups }) => html`
          <h3>${sentence}</h3>
          ${groups.map(reasonGroup)}
        `,
      )}
    </details>
  `;
}

function counted({ noun, groups }: ReasonSection): string {
  const count = groups.reduce((sum, { names }) => sum + names.length, 0);
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function reasonGroup({ kind, reason, names }: ReasonGroup): TemplateResult {
  const rest = names.length - NAMES_SHOWN;
  return html`
    <details class="ms-reason">
      <summary>${kind === "failed" ? "Failed: " : nothing}${reason} <span class="ms-quiet">(${names.length})</span></summary>
      <ul>
        ${names.slice(0, NAMES_SHOWN).map((name) => html`<li>${name}</li>`)}
        ${rest > 0 ? html`<li class="ms-quiet">and ${rest} more</li>` : nothing}
      </ul>
    </details>
  `;
}

export function metadataTemplate(metadata: CheckpointSummary["metadata"]): TemplateResult | typeof nothing {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return nothing;
  return html`
    <details class="ms-disclosure">
      <summary>Metadata <span class="ms-quiet">${entries.length}</span></summary>
      <dl class="ms-metadata">
        ${entries.map(([key, value]) => html`<dt>${key}</dt><dd>${metadataText(value)}</dd>`)}
      </dl>
    </details>
  `;
}

const METADATA_CHARACTERS = 4000;

function metadataText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value, null, 1) ?? "");
  return text.length > METADATA_CHARACTERS ? `${text.slice(0, METADATA_CHARACTERS)} …` : text;
}
