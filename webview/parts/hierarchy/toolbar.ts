import type { Disposable } from "../../../src/base/disposable.ts";
import { make, uniqueId } from "../../charts/dom.ts";

export interface ToolbarOptions {
  /** Items by number, in the words that the search looks through. */
  readonly items: number;
  name(item: number): string;
  readonly ends: number;
  readonly lines: number;
  onFind(item: number): void;
  onLines(lines: number): void;
  onZoomIn(): void;
  onZoomOut(): void;
  onInside(): void;
}

export interface ToolbarState {
  /** What is shown, from the whole to the part. */
  readonly trail: string;
  readonly canZoomIn: boolean;
  readonly canZoomOut: boolean;
  /** Null: there is nothing inside ends. */
  readonly inside: string | null;
}

export interface Toolbar extends Disposable {
  show(state: ToolbarState): void;
}

const MOST_FOUND = 12;

/** Search, zoom and cut for a tree. */
export function treeToolbar(parent: HTMLElement, options: ToolbarOptions): Toolbar {
  const root = make("div", "ms-hierarchy-toolbar");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Search, zoom and cut");
  const trail = make("span", "ms-quiet");
  trail.setAttribute("role", "status");
  const [zoomIn, zoomOut, inside] = [
    button("Zoom In", options.onZoomIn),
    button("Zoom Out", options.onZoomOut),
    button("Look Inside", options.onInside),
  ];
  root.append(search(options), zoomIn, zoomOut, inside);
  if (options.ends > 2) root.append(cut(options));
  root.append(trail);
  parent.append(root);
  return {
    show(state) {
      trail.textContent = state.trail;
      zoomIn.disabled = !state.canZoomIn;
      zoomOut.disabled = !state.canZoomOut;
      inside.hidden = state.inside === null;
      inside.title = state.inside ?? "";
    },
    dispose: () => root.remove(),
  };
}

function button(text: string, act: () => void): HTMLButtonElement {
  const made = make("button", "ms-tool", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function cut({ ends, lines, onLines }: ToolbarOptions): HTMLElement {
  const label = make("label", "ms-cut-at");
  const range = make("input");
  range.type = "range";
  range.min = "2";
  range.max = String(Math.min(ends, MOST_LINES));
  range.value = String(lines);
  const said = make("output", "", String(Math.min(lines, ends)));
  range.addEventListener("input", () => {
    said.textContent = range.value;
  });
  range.addEventListener("change", () => onLines(Number(range.value)));
  label.title = "Splits below are drawn as one line; the highest are open.";
  label.append("Cut at", range, said, "lines");
  return label;
}

/** More lines than these are a wall. */
const MOST_LINES = 400;

function search({ items, name, onFind }: ToolbarOptions): HTMLElement {
  const box = make("div", "ms-find");
  const input = make("input", "ms-find-input");
  input.type = "search";
  input.placeholder = "Find an item";
  input.setAttribute("aria-label", "Find an item by name");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  const list = make("ul", "ms-find-list");
  list.id = uniqueId("ms-find");
  list.setAttribute("role", "listbox");
  list.hidden = true;
  input.setAttribute("aria-controls", list.id);
  let found: number[] = [];
  let active = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (item: number | undefined) => {
    if (item === undefined) return;
    close();
    onFind(item);
  };
  const mark = () => {
    for (const [at, line] of [...list.children].entries()) line.setAttribute("aria-selected", String(at === active));
    const line = list.children[active];
    if (line !== undefined) input.setAttribute("aria-activedescendant", line.id);
  };
  const fill = () => {
    found = matches(items, name, input.value, MOST_FOUND);
    active = 0;
    list.replaceChildren(
      ...found.map((item) => {
        const line = make("li", "", name(item));
        line.id = uniqueId("ms-found");
        line.setAttribute("role", "option");
        // Before the field loses the focus and the list is gone.
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(item);
        });
        return line;
      }),
    );
    if (found.length === 0 && input.value.trim() !== "")
      list.append(make("li", "ms-quiet", "No item has such a name."));
    list.hidden = input.value.trim() === "";
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark();
  };
  input.addEventListener("input", fill);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take(found[active]);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      active = Math.max(0, Math.min(found.length - 1, active + (event.key === "ArrowDown" ? 1 : -1)));
      mark();
    } else return;
    event.preventDefault();
  });
  box.append(input, list);
  return box;
}

/** Items whose name is, begins with, or holds the words; in that order. */
export function matches(items: number, name: (item: number) => string, text: string, most: number): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const ranks: number[][] = [[], [], []];
  for (let item = 0; item < items; item++) {
    const at = name(item).toLowerCase();
    const rank = at === wanted ? 0 : at.startsWith(wanted) ? 1 : at.includes(wanted) ? 2 : null;
    if (rank !== null && ranks[rank]!.length < most) ranks[rank]!.push(item);
  }
  return ranks.flat().slice(0, most);
}
