import { html, nothing, type TemplateResult } from "lit";
import { COLUMNS } from "./columns.ts";
import type { RunProgress } from "./runs.ts";
import type { ViewState } from "./viewState.ts";

export interface ToolbarActions {
  filter(text: string): void;
  role(role: string): void;
  mode(mode: "tree" | "flat"): void;
  column(id: string, shown: boolean): void;
  copy(): void;
  export(kind: "csv" | "json"): void;
  cancel(): void;
  resume(): void;
  refresh(): void;
}

const FILTER_HELP =
  "Part of a name, or a glob for the whole name (encoder.*.weight). Also role:weight, dtype:f32, rows>100, params>=1M, std<0.01, nan>0, erank<8, modes>0, travel>0.1, findings>0, origin:trained; -word leaves out.";

function fieldValue(event: Event): string {
  const target = event.target;
  return target instanceof HTMLElement && "value" in target ? String(target.value) : "";
}

export function toolbarTemplate(
  view: ViewState,
  roles: readonly string[],
  shown: number,
  total: number,
  actions: ToolbarActions,
): TemplateResult {
  const flat = view.mode === "flat";
  return html`
    <div class="ms-toolbar" role="group" aria-label="Table">
      <vscode-text-field
        class="ms-filter"
        placeholder="Filter: name, glob, rows>100…"
        aria-label="Filter tensors"
        title=${FILTER_HELP}
        .value=${view.filterText}
        @input=${(event: Event) => actions.filter(fieldValue(event))}
      >
        <span slot="start" class="codicon codicon-filter" aria-hidden="true"></span>
        <span slot="end" class="ms-count" role="status">${shown === total ? nothing : `${shown} of ${total}`}</span>
      </vscode-text-field>
      <vscode-dropdown class="ms-role" aria-label="Role" @change=${(event: Event) => actions.role(fieldValue(event))}>
        <vscode-option value="" ?selected=${view.role === ""}>All roles</vscode-option>
        ${roles.map((role) => html`<vscode-option value=${role} ?selected=${role === view.role}>${role}</vscode-option>`)}
      </vscode-dropdown>
      <div class="ms-actions">
        ${iconButton(flat ? "list-tree" : "list-flat", flat ? "Show as tree" : "Show as flat list", () => actions.mode(flat ? "tree" : "flat"))}
        ${menu("settings-gear", "Columns", columnChoice(view, actions))}
        ${iconButton("copy", "Copy as TSV: the selected lines, or all where at most one is selected", actions.copy)}
        ${menu(
          "export",
          "Export",
          html`
            <button class="ms-menu-item" type="button" @click=${() => actions.export("csv")}>Save as CSV…</button>
            <button class="ms-menu-item" type="button" @click=${() => actions.export("json")}>Save as JSON…</button>
          `,
        )}
      </div>
    </div>
  `;
}

function columnChoice(view: ViewState, actions: ToolbarActions): TemplateResult {
  return html`${COLUMNS.slice(1).map(
    (column) => html`
      <vscode-checkbox
        title=${column.longTitle}
        ?checked=${view.columns.includes(column.id)}
        @change=${(event: Event) => {
          const box = event.target;
          actions.column(column.id, box instanceof HTMLElement && "checked" in box && box.checked === true);
        }}
        >${column.title}</vscode-checkbox
      >`,
  )}`;
}

function iconButton(icon: string, label: string, click: () => void): TemplateResult {
  return html`
    <button class="ms-action" type="button" aria-label=${label} title=${label} @click=${click}>
      <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    </button>
  `;
}

/** A disclosure as popover; `closeMenus` shuts it on Esc and on a click elsewhere. */
function menu(icon: string, label: string, content: TemplateResult): TemplateResult {
  return html`
    <details class="ms-menu">
      <summary class="ms-action" aria-label=${label} title=${label}><span class="codicon codicon-${icon}" aria-hidden="true"></span></summary>
      <div class="ms-menu-content">${content}</div>
    </details>
  `;
}

/** Shuts open menus but the one that holds `inside`; tells whether any was open. */
export function closeMenus(root: HTMLElement, inside: EventTarget | null = null): boolean {
  let any = false;
  for (const open of root.querySelectorAll<HTMLDetailsElement>("details.ms-menu[open]")) {
    if (inside instanceof Node && open.contains(inside)) continue;
    open.open = false;
    if (inside === null) open.querySelector("summary")?.focus();
    any = true;
  }
  return any;
}

const TITLES = { statistics: "Statistics", spectrum: "Spectra", travel: "Change" } as const;

/** One line of fixed height whatever the state, and a bar on the panel's upper edge only while something runs: nothing jumps. */
export function progressTemplate(progress: RunProgress, remaining: boolean, actions: ToolbarActions): TemplateResult {
  const { analysis, state, done, total } = progress;
  const running = state === "running" || state === "starting";
  return html`
    <div class="ms-progress">
      ${
        running
          ? html`<progress max=${Math.max(1, total)} .value=${done} aria-label="Analysis progress"></progress>`
          : nothing
      }
      <span class="ms-quiet ms-progress-text" role="status">${progressText(progress)}</span>
      ${
        running
          ? html`<vscode-button appearance="secondary" title="Stop computing ${TITLES[analysis].toLowerCase()}" @click=${actions.cancel}>Cancel</vscode-button>`
          : state === "cancelled" && remaining
            ? html`<vscode-button appearance="secondary" @click=${actions.resume}>Resume</vscode-button>`
            : nothing
      }
    </div>
  `;
}

function progressText({ analysis, state, done, total }: RunProgress): TemplateResult | string {
  switch (state) {
    case "idle":
      return "";
    case "starting":
    case "running":
      return `${TITLES[analysis]}: ${done} of ${total}`;
    case "cancelled":
      return `Stopped at ${TITLES[analysis].toLowerCase()} ${done} of ${total}`;
    case "finished":
      return html`<span class="codicon codicon-check" aria-hidden="true"></span> Analysed`;
  }
}

export function bannerTemplate(text: string | null, refresh: (() => void) | null): TemplateResult | typeof nothing {
  if (text === null) return nothing;
  return html`
    <div class="ms-banner" role="alert">
      <span class="codicon codicon-info" aria-hidden="true"></span>
      <span>${text}</span>
      ${refresh === null ? nothing : html`<vscode-button @click=${refresh}>Refresh</vscode-button>`}
    </div>
  `;
}
