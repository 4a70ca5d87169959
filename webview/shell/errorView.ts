import { html, nothing, render } from "lit";
import { type SerializedError, serializeError } from "../../src/base/errors.ts";

export interface ErrorActions {
  retry(): void;
  openAsText(): void;
  showLog(): void;
}

/** What is wrong, where, what to do; and ways on: again, as text if it is no checkpoint, the log. */
export function showError(element: HTMLElement, error: unknown, actions: ErrorActions): void {
  element.replaceChildren();
  const view = document.createElement("section");
  view.className = "ms-error";
  view.setAttribute("role", "alert");
  element.append(view);
  render(errorTemplate(serializeError(error), actions), view);
}

/** The content is not what the name promised: a look at it as text often tells what it is. */
const OF_CONTENT = new Set(["bad-format", "unknown-format", "unsupported"]);

function errorTemplate(error: SerializedError, actions: ErrorActions) {
  const where = places(error);
  return html`
    <span class="codicon codicon-error ms-error-icon" aria-hidden="true"></span>
    <div>
      <h1>${error.message}</h1>
      ${where.length === 0 ? nothing : html`<dl>${where.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`}
      ${(error.details.security ?? []).map((line) => html`<p><span class="codicon codicon-shield" aria-hidden="true"></span> ${line}</p>`)}
      ${error.details.remedy === undefined ? nothing : html`<p>${error.details.remedy}</p>`}
      <p class="ms-error-actions">
        <vscode-button @click=${actions.retry}>Retry</vscode-button>
        ${
          OF_CONTENT.has(error.code)
            ? html`<vscode-button appearance="secondary" @click=${actions.openAsText}>Open as Text</vscode-button>`
            : nothing
        }
        <vscode-button appearance="secondary" @click=${actions.showLog}>Show Log</vscode-button>
      </p>
      <p class="ms-quiet">Error code: ${error.code}</p>
    </div>
  `;
}

function places({ details }: SerializedError): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ["File", details.uri === undefined ? undefined : readable(details.uri)],
    ["Format", details.format],
    ["Tensor", details.tensor],
    ["Field", details.field],
    ["Byte offset", details.offset],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
}

/** A path as a person writes it, where it is a file of this machine. */
function readable(uri: string): string {
  if (!uri.startsWith("file:///")) return uri;
  try {
    return decodeURIComponent(uri.slice(7)).replace(/^\/(?=[A-Za-z]:)/, "");
  } catch {
    return uri;
  }
}
