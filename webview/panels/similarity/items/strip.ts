import { type Disposable, DisposableStore } from "../../../../src/base/disposable.ts";
import type { ShownStimuli } from "../../../../src/studies/similarity/types.ts";
import { make, uniqueId } from "../../../charts/dom.ts";
import type { ItemPicture } from "../../../charts/itemMap.ts";
import { inSlices } from "../../../charts/slices.ts";
import type { LinkedItems } from "../../../parts/selection/linkedItems.ts";
import type { ItemsModel } from "./model.ts";

export interface StimulusStrip extends Disposable {
  readonly element: HTMLElement;
  /** Draws the items anew. */
  show(model: ItemsModel): void;
}

/** Pixels on screen along the longer side. */
const SIDE = 40;
/** Pictures that are drawn before anything else has its turn. */
const PICTURES = 64;

/** All items in their order, as pictures, texts or names: a list box as the editor has them, several of which can be chosen. */
export function stimulusStrip(linked: LinkedItems): StimulusStrip {
  const element = make("div", "ms-strip");
  element.tabIndex = 0;
  element.setAttribute("role", "listbox");
  element.setAttribute("aria-multiselectable", "true");
  const store = new DisposableStore();
  let model: ItemsModel | null = null;
  let options: readonly HTMLElement[] = [];
  let [active, known] = [-1, ""];
  let painting: Disposable = { dispose() {} };

  const activate = (row: number) => {
    options[active]?.classList.remove("ms-strip-active");
    active = row;
    const option = options[row];
    if (option === undefined || model === null) return element.removeAttribute("aria-activedescendant");
    option.classList.add("ms-strip-active");
    element.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView?.({ block: "nearest" });
    linked.point([model.ids[row]!]);
  };
  const mark = () => {
    if (model === null) return;
    const pointed = new Set(linked.pointed);
    for (const [row, option] of options.entries()) {
      const id = model.ids[row]!;
      const chosen = String(linked.has(id));
      // Of a thousand options a move of the pointer touches two.
      if (option.getAttribute("aria-selected") !== chosen) option.setAttribute("aria-selected", chosen);
      if (option.classList.contains("ms-strip-pointed") !== pointed.has(id))
        option.classList.toggle("ms-strip-pointed", pointed.has(id));
    }
  };
  store.add(linked.onChange(mark));

  const rowAt = (event: Event) => {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
    return option === null ? -1 : options.indexOf(option);
  };
  element.addEventListener("pointerover", (event) => {
    const row = rowAt(event);
    if (model !== null) linked.point(row < 0 ? [] : [model.ids[row]!]);
  });
  element.addEventListener("pointerleave", () => linked.point([]));
  element.addEventListener("click", (event) => {
    const row = rowAt(event);
    if (row < 0 || model === null) return;
    activate(row);
    linked.choose(
      [model.ids[row]!],
      event.shiftKey ? "extend" : event.ctrlKey || event.metaKey ? "toggle" : "only",
      model.ids,
    );
  });
  element.addEventListener("focus", () => activate(Math.max(0, active)));
  element.addEventListener("blur", () => {
    options[active]?.classList.remove("ms-strip-active");
    linked.point([]);
  });
  element.addEventListener("keydown", (event) => {
    if (model === null) return;
    const { ids } = model;
    if (event.key === "Escape") return void linked.clear();
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) linked.all(ids);
    else if (event.key === " ") linked.choose([ids[active] ?? ids[0]!], event.shiftKey ? "extend" : "toggle", ids);
    else if (event.key === "Enter") linked.choose([ids[active] ?? ids[0]!], "only", ids);
    else {
      const to = moved(event.key, active, options);
      if (to === null) return;
      activate(to);
      if (event.shiftKey) linked.choose([ids[to]!], "extend", ids);
    }
    event.preventDefault();
  });

  return {
    element,
    show(next) {
      model = next;
      const key = keyOf(next);
      if (key === known) return mark();
      known = key;
      active = -1;
      element.removeAttribute("aria-activedescendant");
      element.setAttribute("aria-label", `${next.names.length} items. ${next.order.sentence}`);
      options = next.names.map((name, row) => optionOf(name, next.text(row)));
      element.replaceChildren(...options);
      mark();
      painting.dispose();
      const [first] = options;
      if (first !== undefined && next.picture(0) !== null)
        painting = inSlices(options.length, PICTURES, (row) => {
          const picture = next.picture(row);
          if (picture !== null) showPicture(options[row]!, next.names[row]!, picture);
        });
    },
    dispose() {
      painting.dispose();
      store.dispose();
      element.remove();
    },
  };
}

/** What the options are made of: partial results say the same items again and again. */
function keyOf({ ids, names, result: { stimuli } }: ItemsModel): string {
  return `${ids.join()} ${names.join()} ${stimuli === null ? "" : contentOf(stimuli)}`;
}

const contents = new WeakMap<ShownStimuli, string>();

function contentOf(stimuli: ShownStimuli): string {
  const known = contents.get(stimuli);
  if (known !== undefined) return known;
  const content =
    stimuli.kind === "texts"
      ? stimuli.texts.join()
      : String(stimuli.pixels.reduce((sum, value, at) => (sum + value * ((at % 8191) + 1)) % 1e9, 0));
  contents.set(stimuli, content);
  return content;
}

/** Up and down lead to the nearest option of another line: how many stand in a line depends on the width. */
function moved(key: string, from: number, options: readonly HTMLElement[]): number | null {
  const last = options.length - 1;
  const here = options[from];
  if (key === "Home" || here === undefined) return /^(Home|Arrow.*)$/.test(key) ? 0 : null;
  if (key === "End") return last;
  if (key === "ArrowRight") return Math.min(last, from + 1);
  if (key === "ArrowLeft") return Math.max(0, from - 1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const step = key === "ArrowDown" ? 1 : -1;
  for (let at = from + step; at >= 0 && at <= last; at += step) {
    const other = options[at]!;
    if (other.offsetTop === here.offsetTop) continue;
    const apart = (one: HTMLElement) => Math.abs(one.offsetLeft - here.offsetLeft);
    let best = at;
    for (let k = at; k >= 0 && k <= last && options[k]!.offsetTop === other.offsetTop; k += step)
      if (apart(options[k]!) < apart(options[best]!)) best = k;
    return best;
  }
  return from;
}

function optionOf(name: string, text: string | null): HTMLElement {
  const option = make("div", "ms-strip-item ms-strip-word", name);
  option.id = uniqueId("ms-strip");
  option.setAttribute("role", "option");
  option.title = text === null ? name : `${name}: ${text}`;
  return option;
}

/** In the place of the name. */
function showPicture(option: HTMLElement, name: string, picture: ItemPicture): void {
  option.classList.remove("ms-strip-word");
  option.setAttribute("aria-label", name);
  option.replaceChildren(stimulusCanvas(picture, SIDE));
}

/** A picture of an item, `side` pixels along its longer side. */
export function stimulusCanvas({ columns, rows, rgba }: ItemPicture, side: number): HTMLCanvasElement {
  const canvas = make("canvas", "ms-stimulus");
  canvas.width = columns;
  canvas.height = rows;
  const scale = side / Math.max(columns, rows);
  canvas.style.width = `${Math.round(columns * scale)}px`;
  canvas.style.height = `${Math.round(rows * scale)}px`;
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d")?.putImageData(new ImageData(rgba, columns, rows), 0, 0);
  return canvas;
}
