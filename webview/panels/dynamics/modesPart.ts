import { html, nothing, render } from "lit";
import { counted } from "../../../src/base/counted.ts";
import type { Taught } from "../../../src/studies/dynamics/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData, CourseLine } from "../../charts/courseData.ts";
import { make, segments } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import type { Part, PartContext } from "./part.ts";
import {
  cautions,
  type Mode,
  type Names,
  namesOf,
  outlookSentence,
  percent,
  ranksText,
  separates,
  stepText,
  withError,
} from "./readings.ts";
import type { Overlay } from "./viewState.ts";

/** Modes drawn at once: more are in the table, and any can be chosen there. */
const DRAWN = 6;
const OVERLAYS = [
  { id: "theory", label: "Theory" },
  { id: "fits", label: "Fits" },
  { id: "none", label: "Measured only" },
] as const;

/** Strengths of the data's modes over the run, with theory or fits over them, and the table of their numbers. */
export function modesPart(
  parent: HTMLElement,
  theme: Theme,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("modes", "Modes of the data");
  const words = make("div");
  const bar = make("div", "ms-chart-bar");
  const picture = make("div");
  const table = make("div", "ms-scroll");
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "Table of the modes");
  const below = make("div");
  section.body.append(words, bar, picture, table, below);
  parent.append(section.element);
  let chart: CourseChart | null = null;
  let shown: { readonly taught: Taught; readonly cards: Cards } | null = null;
  bar.append(
    segments("What is drawn over the measured strengths", OVERLAYS, context.state().overlay, (overlay) => {
      context.save({ overlay });
      draw();
    }),
  );
  const choose = (mode: number) => {
    context.save({ mode });
    draw();
  };
  function draw(): void {
    if (shown === null) return;
    const { taught, cards } = shown;
    const names = namesOf(taught);
    const chosen = Math.min(context.state().mode, taught.followed.modes.length - 1);
    const data = courseData(taught, chosen, context.state().overlay);
    if (chart === null) chart = courseChart(picture, theme, data);
    else chart.show(data);
    render(tableTemplate(taught, names, cards, chosen, choose), table);
    render(belowTemplate(taught, cards), below);
  }
  return {
    update({ result }, quantities) {
      const taught = result?.taught ?? null;
      section.shown = taught !== null;
      if (taught === null) return;
      const usable = !("reason" in taught) && taught.followed.modes.length > 0;
      for (const element of [bar, picture, table, below]) element.hidden = !usable;
      if ("reason" in taught) {
        render(html`<p class="ms-not-applicable">No modes of the data: ${taught.reason}</p>`, words);
        return;
      }
      shown = { taught, cards: new Cards(quantities) };
      render(wordsTemplate(taught, shown.cards), words);
      if (usable) draw();
    },
    setMoment(moment) {
      const steps = shown?.taught.followed.steps;
      if (steps === undefined || chart === null) return;
      chart.setTime(between(steps, moment));
    },
    dispose() {
      chart?.dispose();
      section.dispose();
    },
  };
}

export function between(steps: readonly number[], moment: number): number {
  const low = Math.floor(moment);
  const [a = 0, b = a] = [steps[low], steps[low + 1]];
  return a + (moment - low) * (b - a);
}

function wordsTemplate(taught: Taught, cards: Cards) {
  return html`
    <p>${counted(taught.items, "item")} × ${counted(taught.properties, "property", "properties")} in ${taught.table}; ${taught.layers.join(" → ")}.
      ${cards.heading("theory", "Theory")}: ${outlookSentence(taught)}</p>
    ${cautions(taught).map((caution) => html`<p class="ms-quiet">${caution}</p>`)}
  `;
}

/** The modes that are drawn: the strongest, and the chosen one if it is none of them. */
function drawnModes(modes: readonly Mode[], chosen: number): readonly number[] {
  const first = modes.slice(0, DRAWN).map((_, index) => index);
  return chosen >= DRAWN ? [...first.slice(0, DRAWN - 1), chosen] : first;
}

export function courseData(taught: Taught, chosen: number, overlay: Overlay): CourseData {
  const { followed } = taught;
  const { steps, grid, modes } = followed;
  const drawn = drawnModes(modes, chosen);
  // Where nothing is predicted the fits are what there is of theory.
  const over = overlay === "theory" && "reason" in taught.outlook ? "fits" : overlay;
  const lines = drawn.flatMap((index, series): CourseLine[] => {
    const mode = modes[index]!;
    const name = ranksText(mode);
    const { course, shallowCourse } = mode.foreseen;
    const fits = mode.fittedCourses;
    const curves: (CourseLine | null)[] =
      over === "theory"
        ? [
            course === null ? null : { label: `mode ${name}, theory`, series, x: grid, y: course, form: "dashed" },
            shallowCourse === null || index !== chosen || taught.layers.length === 1
              ? null
              : {
                  label: `mode ${name} without a hidden layer`,
                  series: null,
                  x: grid,
                  y: shallowCourse,
                  form: "dotted",
                },
          ]
        : over === "fits" && fits !== null
          ? [
              { label: `mode ${name}, sigmoid fitted`, series, x: grid, y: fits.deep, form: "dashed" },
              index === chosen
                ? { label: `mode ${name}, exponential fitted`, series: null, x: grid, y: fits.shallow, form: "dotted" }
                : null,
            ]
          : [];
    return [
      {
        label: `mode ${name}`,
        series,
        x: steps,
        y: mode.strengths,
        form: "marks",
        name,
        ...(index === chosen ? { chosen: true } : {}),
      },
      ...curves.filter((line): line is CourseLine => line !== null),
    ];
  });
  const order = drawn.map((index) => modes[index]!).filter(({ halfTime }) => halfTime !== null);
  const hidden = modes.length - drawn.length;
  return {
    xTitle: "step",
    yTitle: "strength a(t)",
    lines,
    verticals: followed.transitions.map(({ time, mode }) => ({
      x: time,
      label: mode === null ? "loss steps down" : `loss: ${ranksText(modes[mode]!)}`,
    })),
    levels: [],
    stops: steps,
    read: (stop) =>
      `step ${stepText(steps[stop])}: ${drawn.map((index) => `mode ${ranksText(modes[index]!)} ${formatNumber(modes[index]!.strengths[stop], 4).text}`).join(", ")}; loss ${formatNumber(followed.loss[stop], 3).text}, off the diagonal ${percent(followed.offDiagonal[stop] ?? 0)}`,
    summary: `Strengths of ${counted(drawn.length, "mode")} over ${counted(steps.length, "checkpoint")}.${hidden > 0 ? ` ${hidden} weaker ones are in the table.` : ""} ${order.map((mode) => `Mode ${ranksText(mode)} passes half at ${stepText(mode.halfTime?.time)}`).join(", ")}.`,
  };
}

function tableTemplate(taught: Taught, names: Names, cards: Cards, chosen: number, choose: (mode: number) => void) {
  const { modes } = taught.followed;
  return html`
    <table class="ms-null-table ms-dynamics-table">
      <caption>Modes, strongest first</caption>
      <thead><tr>
        <th scope="col">Mode</th><th scope="col">Separates</th>
        <th scope="col">${cards.heading("singularValue", "σ")}</th>
        <th scope="col">${cards.heading("strength", "now")}</th>
        <th scope="col">${cards.heading("halfTime", "t½")}</th><th scope="col">between</th>
        <th scope="col">${cards.heading("predictedHalfTime", "predicted")}</th>
        <th scope="col">${cards.heading("effectiveStart", "a₀")}</th>
        <th scope="col">${cards.heading("fit", "τ̂ ± SE")}</th>
        <th scope="col">${cards.heading("fittedStart", "â₀ ± SE")}</th>
        <th scope="col">${cards.heading("comparison", "ΔAIC")}</th>
        <th scope="col">${cards.heading("stageIndex", "S")}</th>
      </tr></thead>
      <tbody>${modes.map((mode, index) => {
        const { halfTime, foreseen, fitted, comparison, stageIndex, strengths } = mode;
        return html`<tr class=${index === chosen ? "ms-selected" : ""}>
          <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(index === chosen)}
            title="Bring this mode to the front" @click=${() => choose(index)}>${ranksText(mode)}</button></th>
          <td class="ms-explanation">${separates(taught, index, names)}</td>
          <td>${cards.number("singularValue", formatNumber(mode.singularValue).text)}</td>
          <td>${cards.number("strength", formatNumber(strengths[strengths.length - 1]).text)}</td>
          <td>${halfTime === null ? "–" : cards.number("halfTime", stepText(halfTime.time))}</td>
          <td>${halfTime === null ? "" : `${stepText(halfTime.bracket[0])}–${stepText(halfTime.bracket[1])}`}</td>
          <td>${foreseen.halfTime === null ? "" : cards.number("predictedHalfTime", stepText(foreseen.halfTime))}</td>
          <td>${foreseen.effectiveStart === null ? "" : cards.number("effectiveStart", formatNumber(foreseen.effectiveStart, 3).text)}</td>
          <td>${fitted === null ? "" : cards.number("fit", withError(fitted.tau, fitted.tauError))}</td>
          <td>${fitted === null ? "" : cards.number("fittedStart", withError(fitted.start, fitted.startError))}</td>
          <td>${comparison === null ? "" : cards.number("comparison", formatNumber(comparison.difference, 3).text)}</td>
          <td>${stageIndex === null ? "" : cards.number("stageIndex", formatNumber(stageIndex, 2).text)}</td>
        </tr>`;
      })}</tbody>
    </table>
  `;
}

function belowTemplate({ followed }: Taught, cards: Cards) {
  const { exponent, order, transitions, modes, loss, offDiagonal, stability } = followed;
  const last = loss.length - 1;
  return html`
    <ul class="ms-dynamics-facts">
      ${
        exponent === null
          ? html`<li>${cards.heading("exponent", "Deep or shallow over the modes")}: fewer than three modes have four checkpoints in their rise.</li>`
          : html`<li>${cards.heading("exponent", "Deep or shallow over the modes")}: rise ∝ σ^${cards.number("exponent", withError(exponent.exponent, exponent.standardError))} over ${exponent.modes} modes (1 deep, 0 shallow).</li>`
      }
      ${
        order === null
          ? nothing
          : html`<li>${cards.heading("order", "Stronger modes first")}: Spearman ρ = ${cards.number("order", formatNumber(order.rho, 3).text)}, permutation p = ${formatNumber(order.p, 2).text}${order.exact ? " (all orders)" : " (10,000 draws)"}.</li>`
      }
      <li>${cards.heading("transition", "Steps of the loss")}: ${
        transitions.length === 0
          ? "none."
          : transitions.map(
              ({ bracket, mode }, k) =>
                html`${k > 0 ? "; " : ""}${stepText(bracket[0])}–${stepText(bracket[1])}${mode === null ? " (no mode passes half there)" : ` (mode ${ranksText(modes[mode]!)})`}`,
            )
      }</li>
      <li>${cards.heading("loss", "Loss of the table")}: ${formatNumber(loss[0], 4).text} → ${cards.number("loss", formatNumber(loss[last], 3).text)};
        ${cards.heading("offDiagonal", "off the diagonal")}: ${percent(offDiagonal[0] ?? 0)} at first, ${cards.number("offDiagonal", percent(offDiagonal[last] ?? 0))} at last.</li>
      ${stability === null ? nothing : html`<li>${cards.heading("stability", "Stable steps")}: τ must be above ${cards.number("stability", stepText(stability.leastTau))}.</li>`}
    </ul>
  `;
}
