import type { Disposable } from "../../../src/base/disposable.ts";
import { make, uniqueId } from "../../charts/dom.ts";

/** A part of the page under a heading that folds it. */
export class Fold implements Disposable {
  readonly element = make("section", "ms-section");
  readonly body = make("div", "ms-section-body");
  readonly #toggle = make("button", "ms-section-toggle");
  #folded = false;

  constructor(parent: HTMLElement, id: string, title: string, folded: boolean, onToggle: (folded: boolean) => void) {
    this.element.dataset.section = id;
    this.body.id = uniqueId(`ms-fold-${id}`);
    this.#toggle.type = "button";
    this.#toggle.textContent = title;
    this.#toggle.setAttribute("aria-controls", this.body.id);
    this.#toggle.addEventListener("click", () => {
      this.#set(!this.#folded);
      onToggle(this.#folded);
    });
    const heading = make("h2", "ms-section-title");
    heading.append(this.#toggle);
    this.element.append(heading, this.body);
    this.#set(folded);
    parent.append(this.element);
  }

  /** A part that has nothing to say is not there. */
  set shown(shown: boolean) {
    this.element.hidden = !shown;
  }

  dispose(): void {
    this.element.remove();
  }

  #set(folded: boolean): void {
    this.#folded = folded;
    this.body.hidden = folded;
    this.#toggle.setAttribute("aria-expanded", String(!folded));
  }
}
