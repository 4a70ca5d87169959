import type { Disposable } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import { linearScale, tickLabel } from "./scales.ts";

export interface ModeSpectrumData {
  /** Strengths, strongest first; those that can be chosen come first. */
  readonly values: readonly number[];
  readonly choosable: number;
  /** First rank of the degenerate group of each choosable mode. */
  readonly groupOf: readonly number[];
  /** What a network has learned of each, beside what there is to learn; null for none. */
  readonly learned: { readonly strengths: readonly number[]; readonly targets: readonly number[] } | null;
  /** One sentence for each choosable mode. */
  readonly sentences: readonly string[];
}

export interface ModeSpectrum extends Disposable {
  select(mode: number): void;
}

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 20;
const STEP = 22;
const THIN = 7;
/** Values beyond are counted, not drawn. */
const MOST = 128;

/** Strengths of the modes by rank as stems: each that can be chosen is a button; members of a degenerate group share a bracket. */
export function modeSpectrum(
  parent: HTMLElement,
  data: ModeSpectrumData,
  onMode: (mode: number) => void,
): ModeSpectrum {
  const shown = data.values.slice(0, MOST);
  const place = (rank: number) =>
    LEFT + STEP * (Math.min(rank, data.choosable) + 0.5) + THIN * Math.max(0, rank - data.choosable);
  const width = place(shown.length) + 8;
  const top = Math.max(
    ...shown,
    ...(data.learned?.strengths ?? []),
    ...(data.learned?.targets ?? []),
    Number.MIN_VALUE,
  );
  const y = linearScale(0, top, HEIGHT - BOTTOM, 8);
  const box = make("div", "ms-mode-spectrum");
  const svg = element("svg", { width, height: HEIGHT, role: "group", "aria-label": "Strengths of the modes by rank" });
  for (const tick of y.ticks(3)) {
    const at = y.toPixel(tick);
    svg.append(element("line", { x1: LEFT - 4, x2: width - 4, y1: at, y2: at, class: "ms-rule" }));
    svg.append(element("text", { x: LEFT - 8, y: at, class: "ms-axis-label ms-end" }, tickLabel(tick)));
  }
  const buttons: SVGElement[] = [];
  for (const [rank, value] of shown.entries()) {
    const [x, at] = [place(rank), y.toPixel(value)];
    const choosable = rank < data.choosable;
    const group = element("g", { class: choosable ? "ms-stem" : "ms-stem ms-stem-rest" });
    group.append(element("line", { x1: x, x2: x, y1: HEIGHT - BOTTOM, y2: at }));
    group.append(element("circle", { cx: x, cy: at, r: choosable ? 4 : 2 }));
    if (choosable) {
      const wanted = data.learned?.targets[rank];
      const learned = data.learned?.strengths[rank];
      if (wanted !== undefined && learned !== undefined)
        group.append(
          element("rect", {
            x: x - 3,
            y: y.toPixel(Math.max(0, learned)) - 3,
            width: 6,
            height: 6,
            class: "ms-learned",
          }),
        );
      group.append(element("rect", { x: x - STEP / 2, y: 0, width: STEP, height: HEIGHT, class: "ms-stem-hit" }));
      group.append(element("text", { x, y: HEIGHT - 6, class: "ms-axis-label" }, String(rank + 1)));
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", data.sentences[rank] ?? "");
      group.setAttribute("tabindex", "-1");
      group.append(element("title", {}, data.sentences[rank] ?? ""));
      group.addEventListener("click", () => onMode(rank));
      group.addEventListener("keydown", (event) => {
        const to = event.key === "ArrowRight" ? rank + 1 : event.key === "ArrowLeft" ? rank - 1 : null;
        if (event.key === "Enter" || event.key === " ") onMode(rank);
        else if (to !== null && buttons[to] !== undefined) {
          onMode(to);
          buttons[to].focus();
        } else return;
        event.preventDefault();
      });
      buttons.push(group);
    }
    svg.append(group);
  }
  for (const [first, last] of brackets(data)) {
    const at = HEIGHT - BOTTOM + 3;
    svg.append(element("path", { d: `M${place(first) - 6} ${at - 3}v3H${place(last) + 6}v-3`, class: "ms-bracket" }));
  }
  box.append(svg);
  if (data.values.length > MOST)
    box.append(make("p", "ms-note", `${data.values.length - MOST} weaker values are not drawn.`));
  parent.append(box);
  return {
    select(mode) {
      for (const [rank, button] of buttons.entries()) {
        const on = data.groupOf[rank] === data.groupOf[mode];
        button.setAttribute("aria-pressed", String(on));
        button.setAttribute("tabindex", rank === mode ? "0" : "-1");
      }
    },
    dispose: () => box.remove(),
  };
}

function brackets({ groupOf, choosable }: ModeSpectrumData): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let rank = 0; rank < choosable; rank++) {
    const last = found[found.length - 1];
    if (last !== undefined && groupOf[rank] === groupOf[last[0]]) last[1] = rank;
    else found.push([rank, rank]);
  }
  return found.filter(([first, last]) => last > first);
}

function element(tag: string, attributes: Readonly<Record<string, string | number>>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  if (text !== "") made.textContent = text;
  return made;
}
