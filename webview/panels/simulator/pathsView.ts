import { html, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { SimulatorResult } from "../../../src/studies/simulator/types.ts";
import { make, segments, uniqueId } from "../../charts/dom.ts";
import { type PathChart, pathChart } from "../../charts/pathChart.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { itemPaths } from "./readings.ts";

type Which = "theory" | "trained";

export interface PathsView extends Disposable {
  readonly element: HTMLElement;
  show(result: SimulatorResult): void;
}

/** The items as they part from each other: one picture for all times, and a slider through them. */
export function pathsView(theme: Theme, quantity: (field: string) => QuantityDefinition | null): PathsView {
  const element = make("section", "ms-simulator-figure");
  const head = make("div", "ms-chart-bar");
  const [place, words] = [make("div"), make("p", "ms-note")];
  let latest: SimulatorResult | null = null;
  let which: Which = "theory";
  let chart: PathChart | null = null;
  /** 0 … 1 of the run. */
  let time = 1;
  const id = uniqueId("ms-simulator-time");
  const slider = make("input", "ms-simulator-time");
  Object.assign(slider, { type: "range", min: "0", max: "1000", step: "5", value: "1000", id });
  const label = make("label", "ms-simulator-slider");
  label.htmlFor = id;
  const said = make("output", "ms-tabular");
  label.append(make("span", "", "Step"), slider, said);
  slider.addEventListener("input", () => {
    time = Number(slider.value) / 1000;
    move();
  });
  const sides = segments<Which>(
    "Of",
    [
      { id: "theory", label: "Theory" },
      { id: "trained", label: "Trained network" },
    ],
    which,
    (id) => {
      which = id;
      draw();
    },
  );
  const pairs: readonly (readonly [id: string, x: number, y: number])[] = [
    ["1 · 2", 0, 1],
    ["1 · 3", 0, 2],
    ["2 · 3", 1, 2],
  ];
  let pair = pairs[0]!;
  const axes = segments(
    "Axes",
    pairs.map(([id]) => ({ id, label: id })),
    pair[0],
    (id) => {
      pair = pairs.find(([one]) => one === id) ?? pair;
      turn();
    },
  );
  head.append(make("h2", "", "How the items part from each other"), sides, axes, label);
  element.append(head, place, words);

  function move(): void {
    if (latest === null) return;
    const paths = which === "theory" ? latest.theoryPaths : latest.trainedPaths;
    const moment = time * ((paths?.times.length ?? 1) - 1);
    const step = paths?.times[Math.round(moment)] ?? 0;
    said.textContent = String(step);
    slider.setAttribute("aria-valuetext", `step ${step}`);
    chart?.setMoment(moment);
  }

  /** A world of few items may have fewer axes than the picture could show. */
  function turn(): void {
    const last = ((which === "theory" ? latest?.theoryPaths : latest?.trainedPaths)?.axes ?? 1) - 1;
    chart?.setAxes(Math.min(pair[1], last), Math.min(pair[2], last));
  }

  function draw(): void {
    if (latest === null) return;
    const data = itemPaths(latest, which);
    place.hidden = data === null;
    label.hidden = data === null;
    axes.hidden = (data?.axes ?? 0) < 3;
    render(wordsTemplate(latest, which, quantity), words);
    if (data === null) return;
    if (chart === null) chart = pathChart(place, theme, data);
    else chart.show(data);
    turn();
    move();
  }

  return {
    element,
    show(result) {
      latest = result;
      draw();
    },
    dispose() {
      chart?.dispose();
      element.remove();
    },
  };
}

function wordsTemplate(result: SimulatorResult, which: Which, quantity: (field: string) => QuantityDefinition | null) {
  const paths = which === "theory" ? result.theoryPaths : result.trainedPaths;
  if (paths === null)
    return which === "trained"
      ? "The trained network's items are placed when training is through."
      : "Theory has no courses for these weights, so it places no items.";
  const { degenerate, of, stress } = paths;
  const card = quantity("stress");
  const text = formatNumber(stress, 3).text;
  const turned = degenerate.map((axis) => `${axis + 1} and ${axis + 2}`).join(", ");
  return html`Points are ${of === "hidden" ? "the items' vectors in the first hidden layer" : "the network's answers"}, all times in one embedding; stress
    ${
      card === null
        ? text
        : html`<button class="ms-value" type="button" title=${`${card.label}: open its card`} @click=${(event: Event) =>
            openCard(event.currentTarget as HTMLElement, card, { text })}>${text}</button>`
    }.${turned === "" ? "" : ` Axes ${turned} carry equal variance: how they are turned means nothing.`}`;
}
