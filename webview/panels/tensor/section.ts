import type { Disposable } from "../../../src/base/disposable.ts";
import { type SerializedError, serializeError } from "../../../src/base/errors.ts";
import { make, uniqueId } from "../../charts/dom.ts";

export interface SectionOptions {
  readonly id: string;
  readonly title: string;
  readonly open: boolean;
  onToggle(open: boolean): void;
  /** Does the section's work: called when it is first open, and by Retry. Whatever it returns is disposed before the next call. */
  load(body: HTMLElement, signal: AbortSignal): Promise<Disposable>;
}

/** A cancel button for what is over in a moment would only flicker. */
const CANCEL_AFTER_MILLISECONDS = 500;

/** One foldable section with its own progress, cancel, error and "does not apply": one that fails leaves the others alone. */
export class Section implements Disposable {
  readonly element = make("section", "ms-section");
  readonly #body = make("div", "ms-section-body");
  readonly #status = make("div", "ms-section-status");
  readonly #toggle = make("button", "ms-section-toggle");
  #abort: AbortController | null = null;
  #content: Disposable | null = null;
  #open: boolean;

  constructor(private readonly options: SectionOptions) {
    this.#open = options.open;
    this.element.dataset.section = options.id;
    this.#body.id = uniqueId(`ms-section-${options.id}`);
    const heading = make("h2", "ms-section-title");
    this.#toggle.type = "button";
    this.#toggle.textContent = options.title;
    this.#toggle.setAttribute("aria-controls", this.#body.id);
    this.#toggle.addEventListener("click", () => this.#set(!this.#open, true));
    heading.append(this.#toggle);
    this.#status.setAttribute("role", "status");
    this.element.append(heading, this.#status, this.#body);
    this.#set(this.#open, false);
  }

  /** Drops what is shown and does the work again (for another target). */
  reload(): void {
    this.#stop();
    this.#content?.dispose();
    this.#content = null;
    this.#body.replaceChildren();
    this.#status.replaceChildren();
    if (this.#open) void this.#load();
  }

  /** An error of a part of the section (one tile of many): what is shown stays. */
  warn(error: unknown, retry: () => void): void {
    this.#showError(serializeError(error), () => {
      this.#status.replaceChildren();
      retry();
    });
  }

  dispose(): void {
    this.#stop();
    this.#content?.dispose();
    this.element.remove();
  }

  #set(open: boolean, byPerson: boolean): void {
    this.#open = open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    this.#body.hidden = !open;
    this.#status.hidden = !open;
    if (!byPerson) return;
    this.options.onToggle(open);
    if (open && this.#content === null && this.#abort === null) void this.#load();
  }

  #stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  async #load(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.element.setAttribute("aria-busy", "true");
    const timer = this.#showProgress(abort);
    try {
      const content = await this.options.load(this.#body, abort.signal);
      if (abort.signal.aborted) return content.dispose();
      this.#content = content;
      this.#status.replaceChildren();
    } catch (error) {
      if (this.#abort !== abort) return;
      this.#body.replaceChildren();
      const told = serializeError(error);
      const retry = () => this.reload();
      if (told.code === "unsupported") this.#status.replaceChildren(make("p", "ms-not-applicable", told.message));
      else if (told.code === "cancelled") this.#showCancelled(retry);
      else this.#showError(told, retry);
    } finally {
      clearTimeout(timer);
      if (this.#abort === abort) {
        this.#abort = null;
        this.element.removeAttribute("aria-busy");
      }
    }
  }

  #showProgress(abort: AbortController): ReturnType<typeof setTimeout> {
    const row = make("div", "ms-section-progress");
    row.append(document.createElement("vscode-progress-ring"), make("span", "", `${this.options.title}: computing…`));
    this.#status.replaceChildren(row);
    return setTimeout(() => row.append(actionButton("Cancel", () => abort.abort())), CANCEL_AFTER_MILLISECONDS);
  }

  #showCancelled(retry: () => void): void {
    this.#status.replaceChildren(make("span", "ms-quiet", "Cancelled."), actionButton("Compute", retry));
  }

  #showError(error: SerializedError, retry: () => void): void {
    const box = make("div", "ms-section-error");
    box.setAttribute("role", "alert");
    const { tensor, field, offset, remedy } = error.details;
    const where = [
      tensor === undefined ? "" : `tensor ${tensor}`,
      field === undefined ? "" : `field ${field}`,
      offset === undefined ? "" : `byte offset ${offset}`,
    ].filter((part) => part !== "");
    box.append(make("strong", "", error.message));
    if (where.length > 0) box.append(make("p", "ms-quiet", `Where: ${where.join(", ")}`));
    if (remedy !== undefined) box.append(make("p", "", remedy));
    box.append(actionButton("Retry", retry));
    this.#status.replaceChildren(box);
  }
}

function actionButton(text: string, act: () => void): HTMLElement {
  const button = document.createElement("vscode-button");
  button.setAttribute("appearance", "secondary");
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}
