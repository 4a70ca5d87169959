import { html, nothing, render } from "lit";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { IsometryResult } from "../../../src/studies/isometry/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import { make } from "../../charts/dom.ts";
import { headingCard, numberCard } from "../../parts/signal/facts.ts";
import { type SignalTools, type SignalView, signalPanel } from "../../parts/signal/signalPanel.ts";
import { formatNumber } from "../../shell/format.ts";
import { formatMeasured } from "../../shell/measured.ts";
import type { Panel } from "../../shell/types.ts";
import { blocksTemplate, graphControls } from "./graphParts.ts";
import { densityData, growthData, LAW_WORDS, linksData, spanWords } from "./readings.ts";

/** How near the Jacobian of a chain is to an isometry, beside Gaussian and orthogonal weights. */
export const isometryPanel: Panel = {
  id: "isometry",
  title: PANEL_TITLES.isometry,
  ...signalPanel<IsometryResult>({
    id: "isometry",
    takesInputs: true,
    stage: ({ stage }) => stage,
    view: (parent, tools) => new View(parent, tools),
  }),
};

class View implements SignalView<IsometryResult> {
  readonly #title = make("h1");
  readonly #span = make("div", "ms-signal-row");
  readonly #words = make("div");
  readonly #cards = make("div", "ms-signal-cards");
  readonly #densityBox = make("section");
  readonly #linksBox = make("section");
  readonly #growthBox = make("section");
  readonly #tables = make("div");
  #density: CourseChart | null = null;
  #links: CourseChart | null = null;
  #growth: CourseChart | null = null;

  constructor(
    parent: HTMLElement,
    private readonly tools: SignalTools,
  ) {
    const pictures = make("div", "ms-signal-pair");
    pictures.append(this.#densityBox, this.#growthBox, this.#linksBox);
    parent.append(this.#title, this.#span, this.#words, this.#cards, pictures, this.#tables);
  }

  show(result: IsometryResult): void {
    const { theme } = this.tools.host;
    this.#title.textContent = `${result.name}: singular values of the Jacobian`;
    render(spanTemplate(result, this.tools), this.#span);
    render(html`${spanWords(result).map((text) => html`<p class="ms-quiet">${text}</p>`)}`, this.#words);
    render(cardsTemplate(result, this.tools), this.#cards);
    const density = densityData(result);
    if (density === null) {
      this.#density?.dispose();
      this.#density = null;
    } else if (this.#density === null) this.#density = courseChart(this.#densityBox, theme, density);
    else this.#density.show(density);
    const links = linksData(result.links, result.from);
    if (this.#links === null) this.#links = courseChart(this.#linksBox, theme, links);
    else this.#links.show(links);
    const growth = result.graph === null ? null : growthData(result.graph);
    if (growth === null) {
      this.#growth?.dispose();
      this.#growth = null;
    } else if (this.#growth === null) this.#growth = courseChart(this.#growthBox, theme, growth);
    else this.#growth.show(growth);
    render(tablesTemplate(result, this.tools), this.#tables);
  }

  dispose(): void {
    this.#density?.dispose();
    this.#links?.dispose();
    this.#growth?.dispose();
  }
}

function spanTemplate(result: IsometryResult, tools: SignalTools) {
  const { layers, from, to, graph } = result;
  const { recorded, change } = tools;
  const [what, whole, last] =
    graph === null
      ? ["layer", "All hidden layers", Math.max(1, layers.length - 2)]
      : ["value", "All of it", layers.length - 1];
  const pick = (which: "from" | "to") => (event: Event) => {
    const value = Number((event.target as HTMLSelectElement).value);
    // The other end gives way where the two would meet.
    if (which === "from") change({ from: value, to: Math.max(to, value + 1) });
    else change({ to: value, from: Math.min(from, value - 1) });
  };
  const options = (least: number, most: number, chosen: number) =>
    layers.map((name, k) =>
      k < least || k > most ? nothing : html`<option value=${k} ?selected=${k === chosen}>${k + 1} ${name}</option>`,
    );
  return html`
    <label class="ms-selector"><span>From ${what}</span><select @change=${pick("from")} ?disabled=${recorded}>${options(0, layers.length - 2, from)}</select></label>
    <label class="ms-selector"><span>to ${what}</span><select @change=${pick("to")} ?disabled=${recorded}>${options(1, layers.length - 1, to)}</select></label>
    <button class="ms-link" type="button" ?disabled=${recorded} @click=${() => change({ from, to: from + 1 })}>One link</button>
    <button class="ms-link" type="button" ?disabled=${recorded} @click=${() => change({ from: 0, to: last })}>${whole}</button>
    ${graph === null ? nothing : graphControls(result, tools)}`;
}

function cardsTemplate({ measured }: IsometryResult, { quantity, digits }: SignalTools) {
  if (measured === null) return html`<span class="ms-quiet">Measuring…</span>`;
  const card = (field: "mean" | "relativeVariance" | "largest" | "smallest", label: string) =>
    numberCard(quantity, field, label, formatMeasured(measured[field], digits).text, measured[field]?.how ?? null);
  const { restarts } = measured;
  const [low, high] = [Math.min(...restarts), Math.max(...restarts)];
  return html`${card("mean", "⟨s²⟩")}${card("relativeVariance", "Var(s²)/⟨s²⟩²")}${card("largest", "s_max")}${card("smallest", "s_min")}
    ${restarts.length === 0 ? nothing : html`<span class="ms-quiet">s_max from ${restarts.length} random starts: ${formatNumber(low, 6).text} to ${formatNumber(high, 6).text}</span>`}`;
}

function tablesTemplate(result: IsometryResult, tools: SignalTools) {
  const { theory, measured, links, graph } = result;
  const { quantity, digits } = tools;
  const text = (value: number | null) => formatNumber(value, digits).text;
  const heading = (field: string, words: string) => headingCard(quantity, field, words);
  return html`
    <table class="ms-data-table ms-signal-table"><caption>${heading("density", "The whole span: loaded, Gaussian, orthogonal")}</caption>
      <thead><tr><th scope="col">Weights</th><th scope="col">${heading("mean", "⟨s²⟩")}</th><th scope="col">${heading("relativeVariance", "Var(s²)/⟨s²⟩²")}</th><th scope="col">0, or ${measured?.decades ?? 26} decades below the largest</th></tr></thead>
      <tbody>
        ${measured === null ? nothing : html`<tr><th scope="row">loaded</th><td>${formatMeasured(measured.mean, digits).text}</td><td>${formatMeasured(measured.relativeVariance, digits).text}</td><td>${(100 * measured.zero).toFixed(1)} %</td></tr>`}
        ${(theory ?? []).map(
          ({ law, mean, relativeVariance, zero, atom, density }) =>
            html`<tr><th scope="row">${LAW_WORDS[law]}${
              density === null
                ? ": all values alike"
                : atom === null
                  ? ""
                  : `, ${(100 * atom.share).toFixed(0)} % of the values alike`
            }</th><td>${text(mean)}</td><td>${text(relativeVariance)}</td><td>${(100 * zero).toFixed(1)} %</td></tr>`,
        )}
      </tbody></table>
    <div class="ms-table-scroll" tabindex="0" role="region" aria-label="Link by link"><table class="ms-data-table ms-signal-table"><caption>Link by link</caption>
      <thead><tr><th scope="col">Into ${graph === null ? "layer" : "value"}</th><th scope="col">Size</th><th scope="col">${heading("mean", "⟨s²⟩")}</th><th scope="col">${heading("predicted", "χ₁")}</th>
        <th scope="col">${heading("relativeVariance", "spread")}</th><th scope="col">Gaussian</th><th scope="col">orthogonal</th></tr></thead>
      <tbody>${links.map(
        (
          link,
        ) => html`<tr><th scope="row">${link.tensor}</th><td>${link.rows} × ${link.columns}</td><td>${formatMeasured(link.mean, digits).text}</td><td>${text(link.predicted)}</td>
          <td>${formatMeasured(link.relativeVariance, digits).text}</td><td>${text(link.gaussianVariance)}</td><td>${text(link.orthogonalVariance)}</td></tr>`,
      )}</tbody></table></div>
    ${graph === null ? nothing : blocksTemplate(graph, tools)}`;
}
