import { html, nothing, render } from "lit";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { ExpressivityResult } from "../../../src/studies/expressivity/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { curvePictures } from "../../charts/curvePictures.ts";
import { make } from "../../charts/dom.ts";
import { headingCard } from "../../parts/signal/facts.ts";
import { type SignalTools, type SignalView, signalPanel } from "../../parts/signal/signalPanel.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Panel } from "../../shell/types.ts";
import { correlationData, curveWords, lengthData, pictures, shapeData } from "./readings.ts";

/** A curve of inputs pushed through the network: its picture, lengths, curvature and correlations by layer. */
export const expressivityPanel: Panel = {
  id: "expressivity",
  title: PANEL_TITLES.expressivity,
  ...signalPanel<ExpressivityResult>({
    id: "expressivity",
    takesInputs: true,
    stage: ({ stage }) => stage,
    view: (parent, tools) => new View(parent, tools),
  }),
};

class View implements SignalView<ExpressivityResult> {
  readonly #title = make("h1");
  readonly #controls = make("div", "ms-signal-row");
  readonly #words = make("div");
  readonly #picturesBox = make("section");
  readonly #charts: {
    readonly read: (result: ExpressivityResult) => CourseData;
    readonly box: HTMLElement;
    chart: CourseChart | null;
  }[];
  readonly #table = make("div");
  #pictures: ReturnType<typeof curvePictures> | null = null;

  constructor(
    parent: HTMLElement,
    private readonly tools: SignalTools,
  ) {
    const pair = make("div", "ms-signal-pair");
    this.#charts = [lengthData, shapeData, correlationData].map((read) => ({
      read,
      box: make("section"),
      chart: null,
    }));
    pair.append(...this.#charts.map(({ box }) => box));
    this.#picturesBox.append(make("h2", "", "The curve in every layer"));
    parent.append(this.#title, this.#controls, this.#words, this.#picturesBox, pair, this.#table);
  }

  show(result: ExpressivityResult): void {
    const { theme } = this.tools.host;
    this.#title.textContent = `${result.name}: a curve through the network`;
    render(controlsTemplate(result, this.tools), this.#controls);
    render(html`${curveWords(result).map((text) => html`<p class="ms-quiet">${text}</p>`)}`, this.#words);
    if (this.#pictures === null) this.#pictures = curvePictures(this.#picturesBox, theme, pictures(result));
    else this.#pictures.show(pictures(result));
    for (const one of this.#charts) {
      const data = one.read(result);
      if (one.chart === null) one.chart = courseChart(one.box, theme, data);
      else one.chart.show(data);
    }
    render(tableTemplate(result, this.tools), this.#table);
  }

  dispose(): void {
    this.#pictures?.dispose();
    for (const { chart } of this.#charts) chart?.dispose();
  }
}

const POINTS = [128, 256, 512, 1024, 2048, 4096] as const;

function controlsTemplate(
  { points, closed, activation }: ExpressivityResult,
  { recorded, change, state }: SignalTools,
) {
  const row = (which: "first" | "second", fallback: number) => {
    const value = state().own[which] ?? fallback;
    const take = (event: Event) => {
      const input = event.target as HTMLInputElement;
      const next = Number(input.value);
      if (Number.isInteger(next) && next >= 0) change({ [which]: next });
      else input.value = String(value);
    };
    return html`<input class="ms-number-field" type="number" min="0" step="1" .value=${String(value)} aria-label=${`${which} row, from 0`} ?disabled=${recorded} @change=${take}>`;
  };
  const pick = (event: Event) => change({ points: Number((event.target as HTMLSelectElement).value) });
  return html`
    <label class="ms-selector"><span>Points</span><select @change=${pick} ?disabled=${recorded}>
      ${POINTS.some((count) => count === points) ? nothing : html`<option value=${points} selected>${points}</option>`}
      ${POINTS.map((count) => html`<option value=${count} ?selected=${count === points}>${count}</option>`)}</select></label>
    ${closed ? nothing : html`<span class="ms-selector"><span>Rows</span>${row("first", 0)} to ${row("second", 1)}</span>`}
    ${activation === null && closed ? openSizes(recorded, state, change) : nothing}`;
}

/** Of a model's inputs, where it leaves them open. */
function openSizes(recorded: boolean, state: SignalTools["state"], change: SignalTools["change"]) {
  const { open } = state().own;
  const take = (event: Event) => {
    const value = Number((event.target as HTMLInputElement).value);
    if (Number.isInteger(value) && value >= 1) change({ open: value });
  };
  return html`<label class="ms-selector" title="Pixels or positions of the inputs, where the model leaves them open: 32 or 16 where nothing is said"><span>Open sizes</span>
    <input class="ms-number-field" type="number" min="1" step="1" .value=${open === undefined ? "" : String(open)} placeholder="as usual" ?disabled=${recorded} @change=${take}></label>`;
}

function tableTemplate({ layers, smooth, activation }: ExpressivityResult, { quantity, digits }: SignalTools) {
  const text = (value: number | null | undefined) => formatNumber(value, digits).text;
  const both = (measured: number | null, theory: number | null | undefined) =>
    theory === null || theory === undefined ? text(measured) : `${text(measured)} (${text(theory)})`;
  const heading = (field: string, words: string) => headingCard(quantity, field, words);
  const raghu = layers.some((layer) => layer.raghu !== null);
  return html`<div class="ms-table-scroll" tabindex="0" role="region" aria-label="Layer by layer"><table class="ms-data-table ms-signal-table">
    <caption>Layer by layer: measured, in brackets theory for weights as drawn</caption>
    <thead><tr><th scope="col">${activation === null ? "Value" : "Layer"}</th><th scope="col">${heading("q", "q")}</th><th scope="col">${heading("metric", "ḡ")}</th>
      <th scope="col">${smooth ? heading("curvature", "κ̄²") : heading("turning", "turning")}</th><th scope="col">${heading("euclidean", "L^E")}</th>
      ${smooth ? html`<th scope="col">${heading("grassmannian", "L^G")}</th>` : nothing}<th scope="col">${heading("growth", "growth")}</th>
      ${raghu ? html`<th scope="col">${heading("growth", "Raghu, at least")}</th>` : nothing}<th scope="col">${heading("sampling", "L(n)/L(n/2)")}</th><th scope="col">${heading("shares", "first two PCs")}</th></tr></thead>
    <tbody>${layers.map(
      (
        layer,
      ) => html`<tr><th scope="row">${layer.tensor}</th><td>${both(layer.q, layer.theory?.q)}</td><td>${both(layer.metric, layer.theory?.metric)}</td>
        <td>${smooth ? both(layer.curvature, layer.theory?.curvature) : text(layer.turning)}</td><td>${text(layer.euclidean)}</td>
        ${smooth ? html`<td>${text(layer.grassmannian)}</td>` : nothing}<td>${both(layer.growth, layer.theory?.growth)}</td>
        ${raghu ? html`<td>${text(layer.raghu)}</td>` : nothing}<td>${layer.sampling.toFixed(3)}</td>
        <td>${(100 * ((layer.shares[0] ?? 0) + (layer.shares[1] ?? 0))).toFixed(0)} %</td></tr>`,
    )}</tbody></table></div>`;
}
