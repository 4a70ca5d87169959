import { html, nothing, type TemplateResult } from "lit";
import { rulePage } from "../../../src/protocol/rulePages.ts";
import { SEVERITY_ICONS } from "./lintColumns.ts";
import type { LintState } from "./lintRun.ts";
import { type LintFinding, type OverviewModel, SEVERITIES } from "./model.ts";

/** More findings than these are in the Problems panel, and on their lines. */
const MOST_SHOWN = 200;
const MOST_REASONS = 12;
const NOUNS: Readonly<Record<LintFinding["severity"], string>> = {
  error: "error",
  warning: "warning",
  information: "information",
};

export interface LintActions {
  select(finding: LintFinding): void;
  open(finding: LintFinding): void;
  /** Only lines with findings in the table, or all again. */
  filter(on: boolean): void;
  cancel(): void;
  start(): void;
  toggled(open: boolean): void;
}

export interface LintShown {
  readonly open: boolean;
  readonly filtered: boolean;
}

/**
 * The lint of the checkpoint in one line that is always there and always as high: counts by severity, then the worst finding, or the verdict where there is
 * none. All findings and what was not asked are below it for whoever opens it.
 */
export function lintTemplate(
  model: OverviewModel,
  state: LintState,
  shown: LintShown,
  actions: LintActions,
): TemplateResult | typeof nothing {
  const { lint } = model;
  if (lint === null && state.kind === "none") return nothing;
  const findings = lint?.findings ?? [];
  return html`
    <details
      class="ms-lint"
      @toggle=${(event: Event) => {
        if (event.target instanceof HTMLDetailsElement && event.target.open !== shown.open)
          actions.toggled(event.target.open);
      }}
      ?open=${shown.open}
    >
      <summary class="ms-lint-summary">
        ${counts(findings, state)} ${lineTemplate(model)} ${status(state)}
      </summary>
      ${findings.length === 0 || lint === null ? nothing : html`<p class="ms-lint-note">${lint.verdict.sentence}</p>`}
      ${findings.length === 0 ? nothing : listTemplate(model, findings, actions)}
      ${notesTemplate(lint?.notes ?? [], lint?.skipped ?? [], state)}
      <div class="ms-lint-actions">
        ${
          findings.some(({ tensor }) => tensor !== null)
            ? html`<button type="button" class="ms-link" aria-pressed=${shown.filtered} @click=${() => actions.filter(!shown.filtered)}>
                ${shown.filtered ? "Show all tensors" : "Show only tensors with findings"}
              </button>`
            : nothing
        }
        ${
          state.kind === "running"
            ? html`<button type="button" class="ms-link" @click=${actions.cancel}>Cancel</button>`
            : state.kind === "cancelled" || state.kind === "failed"
              ? html`<button type="button" class="ms-link" @click=${actions.start}>Lint again</button>`
              : nothing
        }
      </div>
    </details>
  `;
}

/** Findings come worst first. */
function lineTemplate(model: OverviewModel): TemplateResult | typeof nothing {
  const { lint } = model;
  if (lint === null) return nothing;
  const [worst] = lint.findings;
  if (worst === undefined) {
    const { sentence } = lint.verdict;
    return html`<span class="ms-lint-line" title=${sentence}>${sentence}</span>`;
  }
  const about = labelOf(model, worst);
  return html`<span class="ms-lint-line" title=${`${about}: ${worst.message}`}
    ><b>${about}</b> ${worst.message}</span
  >`;
}

function counts(findings: readonly LintFinding[], state: LintState): TemplateResult {
  if (findings.length === 0)
    return state.kind === "done"
      ? html`<span class="ms-lint-count"><span class="codicon codicon-pass" aria-hidden="true"></span> No findings</span>`
      : html`<span class="ms-lint-count">Lint</span>`;
  return html`${SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return nothing;
    const words = `${count} ${NOUNS[severity]}${count === 1 || severity === "information" ? "" : "s"}`;
    return html`<span class="ms-lint-count" title=${words}>
      ${severityIcon(severity)}<span aria-hidden="true">${count}</span><span class="ms-visually-hidden">${words}</span>
    </span>`;
  })}`;
}

function severityIcon(severity: LintFinding["severity"]): TemplateResult {
  return html`<span
    class="codicon codicon-${SEVERITY_ICONS[severity]} ms-severity ms-severity-${severity}"
    aria-hidden="true"
  ></span>`;
}

function status(state: LintState): TemplateResult | typeof nothing {
  switch (state.kind) {
    case "running":
      return html`<span class="ms-quiet" role="status">Linting ${Math.round(100 * state.fraction)} %</span>`;
    case "waiting":
      return html`<span class="ms-quiet">follows the statistics</span>`;
    case "off":
      return html`<span class="ms-quiet">turned off in the settings</span>`;
    case "cancelled":
      return html`<span class="ms-quiet" role="status">Lint stopped</span>`;
    case "failed":
      return html`<span class="ms-lint-failed" role="status" title=${state.message}>Lint failed: ${state.message}</span>`;
    default:
      return nothing;
  }
}

/** One tab stop; arrows go from finding to finding. */
function listTemplate(model: OverviewModel, findings: readonly LintFinding[], actions: LintActions): TemplateResult {
  const rest = findings.length - MOST_SHOWN;
  return html`
    <ul class="ms-lint-list" aria-label="Findings" @keydown=${moveByKey} @focusin=${keepTabStop}>
      ${findings.slice(0, MOST_SHOWN).map(
        (finding, index) => html`
          <li>
            <button
              type="button"
              class="ms-lint-row"
              tabindex=${index === 0 ? 0 : -1}
              title="Click selects the tensor's row, a double click or Ctrl+Enter opens the tensor"
              @click=${() => actions.select(finding)}
              @dblclick=${() => actions.open(finding)}
              @keydown=${(event: KeyboardEvent) => {
                if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                actions.open(finding);
              }}
            >
              ${severityIcon(finding.severity)}
              <span class="ms-visually-hidden">${NOUNS[finding.severity]}</span>
              <span class="ms-lint-tensor">${labelOf(model, finding)}</span>
              <span class="ms-lint-message">${finding.message}</span>
            </button>
            <a class="ms-lint-rule" tabindex="-1" href=${rulePage(finding.rule)} title="Why, formula, example, reference">${finding.rule}</a>
          </li>`,
      )}
      ${rest > 0 ? html`<li class="ms-quiet">and ${rest} more, on their lines</li>` : nothing}
    </ul>
  `;
}

function labelOf(model: OverviewModel, { tensor, part }: LintFinding): string {
  if (tensor === null) return "the network";
  const label = part === null ? undefined : model.itemOf({ tensor, part })?.part?.label;
  return label === undefined ? tensor : `${tensor} · ${label}`;
}

const STEPS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_at, last) => last,
};

function rowsOf(list: EventTarget | null): HTMLElement[] {
  return list instanceof HTMLElement ? [...list.querySelectorAll<HTMLElement>(".ms-lint-row")] : [];
}

function moveByKey(event: KeyboardEvent): void {
  const step = STEPS[event.key];
  const rows = rowsOf(event.currentTarget);
  const at = event.target instanceof HTMLElement ? rows.indexOf(event.target) : -1;
  if (step === undefined || at < 0) return;
  event.preventDefault();
  rows[step(at, rows.length - 1)]?.focus();
}

function keepTabStop(event: FocusEvent): void {
  const rows = rowsOf(event.currentTarget);
  if (!rows.some((row) => row === event.target)) return;
  for (const row of rows) row.tabIndex = row === event.target ? 0 : -1;
}

/** What was not asked, and why: nothing is left out in silence. */
function notesTemplate(
  notes: readonly string[],
  skipped: readonly { readonly tensor: string; readonly part: number | null; readonly reason: string }[],
  state: LintState,
): TemplateResult | typeof nothing {
  const reasons = new Map<string, number>();
  for (const { reason } of skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const lines = [...reasons].sort(([, a], [, b]) => b - a);
  if (notes.length === 0 && lines.length === 0) return nothing;
  const waits = state.kind === "running" ? "so far " : "";
  return html`
    ${notes.map((note) => html`<p class="ms-quiet ms-lint-note">${note}</p>`)}
    ${lines
      .slice(0, MOST_REASONS)
      .map(
        ([reason, count]) =>
          html`<p class="ms-quiet ms-lint-note">${waits}${count === 1 ? "1 weight" : `${count} weights`} not asked everything: ${reason}</p>`,
      )}
  `;
}
