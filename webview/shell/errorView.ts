import { html, nothing, render } from "lit";
import { type SerializedError, serializeError } from "../../src/base/errors.ts";

/** What is wrong, where, what to do; and a way to try again. */
export function showError(element: HTMLElement, error: unknown, retry: () => void): void {
  element.replaceChildren();
  const view = document.createElement("section");
  view.className = "ms-error";
  view.setAttribute("role", "alert");
  element.append(view);
  render(errorTemplate(serializeError(error), retry), view);
}

function errorTemplate(error: SerializedError, retry: () => void) {
  const where = places(error);
  return html`
    <span class="codicon codicon-error ms-error-icon" aria-hidden="true"></span>
    <div>
      <h1>${error.message}</h1>
      ${where.length === 0 ? nothing : html`<dl>${where.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`}
      ${(error.details.security ?? []).map((line) => html`<p><span class="codicon codicon-shield" aria-hidden="true"></span> ${line}</p>`)}
      ${error.details.remedy === undefined ? nothing : html`<p>${error.details.remedy}</p>`}
      <vscode-button @click=${retry}>Retry</vscode-button>
      <p class="ms-quiet">Error code: ${error.code}</p>
    </div>
  `;
}

function places({ details }: SerializedError): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string | number | undefined])[] = [
    ["File", details.uri],
    ["Format", details.format],
    ["Tensor", details.tensor],
    ["Field", details.field],
    ["Byte offset", details.offset],
  ];
  return all.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
}
