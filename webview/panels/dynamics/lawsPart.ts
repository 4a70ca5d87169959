import { html, render } from "lit";
import type { DynamicsResult } from "../../../src/studies/dynamics/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import { between } from "./modesPart.ts";
import type { Part, PartContext } from "./part.ts";
import { type LawCourse, lawName, percent, stepText } from "./readings.ts";

/** What gradient flow would have kept, and how far the run left it: an audit that needs no data. */
export function lawsPart(
  parent: HTMLElement,
  theme: Theme,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("laws", "Conservation laws");
  const words = make("div");
  const picture = make("div");
  const table = make("div", "ms-table-scroll");
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "Conservation laws");
  section.body.append(words, picture, table);
  parent.append(section.element);
  let chart: CourseChart | null = null;
  let shown: { readonly result: DynamicsResult; readonly cards: Cards } | null = null;
  const draw = () => {
    if (shown === null) return;
    const { result, cards } = shown;
    const chosen = Math.min(context.state().law, result.laws.length - 1);
    const law = result.laws[chosen]!;
    const choose = (index: number) => {
      context.save({ law: index });
      draw();
    };
    render(
      html`<p>${cards.heading("drift", lawName(law))} of ${law.tensors.join(" and ")}, ${law.size} numbers. Assumed: ${law.assumption} ${law.reading}
        ${law.decay === null ? "" : html`${cards.heading("weightDecay", "ηλ")} = ${cards.number("weightDecay", formatNumber(law.decay, 3).text)} per step would do it.`}</p>`,
      words,
    );
    const data = lawData(result, law);
    if (chart === null) chart = courseChart(picture, theme, data);
    else chart.show(data);
    render(tableTemplate(result, cards, chosen, choose), table);
  };
  return {
    update({ result }, quantities) {
      section.shown = result !== null && result.laws.length > 0;
      if (result === null || result.laws.length === 0) return;
      shown = { result, cards: new Cards(quantities) };
      draw();
    },
    setMoment(moment) {
      if (shown !== null)
        chart?.setTime(
          between(
            shown.result.checkpoints.map(({ step }) => step),
            moment,
          ),
        );
    },
    dispose() {
      chart?.dispose();
      section.dispose();
    },
  };
}

function lawData({ checkpoints }: DynamicsResult, law: LawCourse): CourseData {
  const steps = checkpoints.map(({ step }) => step);
  const kept = law.drift.map(({ kept: share }) => share);
  return {
    xTitle: "step",
    yTitle: "share of c(0)",
    lines: [
      { label: "kept: ⟨c(t), c(0)⟩/‖c(0)‖²", series: 0, x: steps, y: kept, form: "marks", chosen: true },
      {
        label: "drift: ‖c(t) − c(0)‖/‖c(0)‖",
        series: 4,
        x: steps,
        y: law.drift.map(({ relative }) => relative),
        form: "marks",
      },
    ],
    verticals: [],
    levels: [{ y: 1, label: "flow" }],
    stops: steps,
    read: (stop) => {
      const one = law.drift[stop];
      return one === undefined
        ? ""
        : `step ${stepText(steps[stop])}: kept ${percent(one.kept)}, drift ${percent(one.relative)} (${formatNumber(100 * one.ofWeights, 2).text} % of the weights' own size), cosine ${formatNumber(one.cosine, 3).text}`;
    },
    summary: `${lawName(law)} over the run: ${law.reading}`,
  };
}

function tableTemplate({ laws }: DynamicsResult, cards: Cards, chosen: number, choose: (law: number) => void) {
  return html`
    <table class="ms-null-table ms-dynamics-table">
      <thead><tr><th scope="col">Law</th><th scope="col">Tensors</th><th scope="col">${cards.heading("drift", "drift at last")}</th>
        <th scope="col">kept</th><th scope="col">of the weights</th><th scope="col">Reading</th></tr></thead>
      <tbody>${laws.map((law, index) => {
        const last = law.drift[law.drift.length - 1];
        return html`<tr class=${index === chosen ? "ms-selected" : ""}>
          <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(index === chosen)} @click=${() => choose(index)}>${lawName(law)}</button></th>
          <td class="ms-explanation ms-tensor-names">${law.tensors.map((tensor) => html`<div>${tensor}</div>`)}</td>
          <td>${cards.number("drift", percent(last?.relative ?? Number.NaN))}</td>
          <td>${percent(last?.kept ?? Number.NaN)}</td>
          <td>${percent(last?.ofWeights ?? Number.NaN)}</td>
          <td class="ms-explanation">${law.reading}</td>
        </tr>`;
      })}</tbody>
    </table>
  `;
}
