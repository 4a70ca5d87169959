import { html, nothing, render } from "lit";
import { counted } from "../../../src/base/counted.ts";
import type { DynamicsResult, FollowedMatrix } from "../../../src/studies/dynamics/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import { between } from "./modesPart.ts";
import type { Part, PartContext } from "./part.ts";
import { dropSentences, percent, stepText } from "./readings.ts";

type Course = Exclude<FollowedMatrix["course"], { readonly reason: string }>;

/** Every weight matrix in the fixed basis of its own change, and the pace of all together. */
export function matricesPart(
  parent: HTMLElement,
  theme: Theme,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("matrices", "Weight matrices");
  const words = make("div");
  const pace = make("div");
  const controls = make("div", "ms-chart-bar");
  const picture = make("div");
  const facts = make("div");
  section.body.append(words, pace, controls, picture, facts);
  parent.append(section.element);
  let charts: { pace: CourseChart | null; course: CourseChart | null } = { pace: null, course: null };
  let shown: { readonly result: DynamicsResult; readonly cards: Cards } | null = null;
  let moment = 0;
  const draw = () => {
    if (shown === null) return;
    const { result, cards } = shown;
    const keys = result.matrices.map(keyOf);
    const wanted = context.state().matrix;
    const chosen = Math.max(0, wanted === null ? 0 : keys.indexOf(wanted));
    const matrix = result.matrices[chosen];
    const choose = (key: string) => {
      context.save({ matrix: key });
      draw();
    };
    render(selectTemplate(result, chosen, choose), controls);
    if (matrix === undefined) return;
    const { course } = matrix;
    picture.hidden = "reason" in course;
    if ("reason" in course) {
      render(html`<p class="ms-not-applicable">${course.reason}</p>`, facts);
      return;
    }
    const data = matrixData(result, matrix, course);
    if (charts.course === null) charts = { ...charts, course: courseChart(picture, theme, data) };
    else charts.course.show(data);
    charts.course?.setTime(between(stepsOf(result), moment));
    render(factsTemplate(matrix, course, cards), facts);
  };
  return {
    update({ result, state }, quantities) {
      section.shown = result !== null && (result.matrixCount > 0 || result.matrices.length > 0);
      if (result === null) return;
      shown = { result, cards: new Cards(quantities) };
      render(wordsTemplate(result, shown.cards, state === "running"), words);
      pace.hidden = result.whole === null;
      if (result.whole !== null) {
        const data = paceData(result, result.whole);
        if (charts.pace === null) charts = { ...charts, pace: courseChart(pace, theme, data) };
        else charts.pace.show(data);
      }
      draw();
    },
    setMoment(at) {
      moment = at;
      if (shown === null) return;
      const x = between(stepsOf(shown.result), at);
      charts.course?.setTime(x);
      charts.pace?.setTime(x);
    },
    dispose() {
      charts.pace?.dispose();
      charts.course?.dispose();
      section.dispose();
    },
  };
}

const stepsOf = ({ checkpoints }: DynamicsResult) => checkpoints.map(({ step }) => step);
const keyOf = ({ tensor, part }: FollowedMatrix) => `${tensor} ${part ?? ""}`;

function wordsTemplate(result: DynamicsResult, cards: Cards, running: boolean) {
  const { matrices, matrixCount } = result;
  const drops = dropSentences(result);
  return html`
    <p>${matrices.length < matrixCount && running ? `${matrices.length} of ${matrixCount} matrices so far. ` : ""}From the weights alone,
      each matrix is followed in the ${cards.heading("matrixStrength", "modes of its own change")}. That basis is circular: every mode begins at 0 and ends at its
      full strength by construction, so only the course and its order say something.</p>
    ${drops.map((drop) => html`<p class="ms-remark">${cards.heading("pace", "Pace")}: ${drop}</p>`)}
  `;
}

function paceData({ checkpoints }: DynamicsResult, { norm, pace }: NonNullable<DynamicsResult["whole"]>): CourseData {
  const steps = checkpoints.map(({ step }) => step);
  const rates = checkpoints.map(({ rate }) => rate);
  // Each interval's pace stands at its middle: it belongs to neither checkpoint.
  const middles = pace.speeds.map((_, k) => (steps[k]! + steps[k + 1]!) / 2);
  const known = rates.some((rate) => rate !== null);
  const rateText = (k: number) =>
    rates[k] == null ? "" : `, learning rate ${formatNumber(Number(rates[k]!.toPrecision(4))).text}`;
  return {
    xTitle: "step",
    yTitle: "‖ΔW‖/√Δt (log)",
    yLog: true,
    lines: [
      { label: "pace of all weight matrices", series: 0, x: middles, y: pace.speeds, form: "marks", chosen: true },
    ],
    verticals: rates.flatMap((rate, k) =>
      known && k > 0 && rate !== null && rates[k - 1] !== rate
        ? [{ x: steps[k]!, label: `rate ${formatNumber(Number(rate.toPrecision(3))).text}` }]
        : [],
    ),
    levels: [],
    stops: middles,
    read: (stop) =>
      `steps ${stepText(steps[stop])}–${stepText(steps[stop + 1])}: pace ${formatNumber(pace.speeds[stop], 3).text}; ‖W‖ ${formatNumber(norm[stop + 1], 4).text} at its end${rateText(stop + 1)}`,
    summary: `Pace of all weights between checkpoints, logarithmic. Size of all weights ${formatNumber(norm[0], 4).text} at first, ${formatNumber(norm[norm.length - 1], 4).text} at last.`,
  };
}

function selectTemplate({ matrices, matrixCount }: DynamicsResult, chosen: number, choose: (key: string) => void) {
  if (matrices.length === 0) return nothing;
  return html`<label>Matrix
    <select class="ms-select" data-control="matrix" @change=${(event: Event) => choose((event.currentTarget as HTMLSelectElement).value)}>
      ${matrices.map(
        (matrix, index) =>
          html`<option value=${keyOf(matrix)} ?selected=${index === chosen}>${matrix.tensor}${matrix.part === null ? "" : ` [${matrix.part}]`} (${matrix.rows} × ${matrix.columns})</option>`,
      )}
    </select></label>
    <span class="ms-quiet">${matrices.length === matrixCount ? counted(matrixCount, "matrix", "matrices") : `${matrices.length} of ${matrixCount} matrices`}</span>`;
}

function matrixData(result: DynamicsResult, { tensor, part }: FollowedMatrix, course: Course): CourseData {
  const steps = stepsOf(result);
  const name = part === null ? tensor : `${tensor} [${part}]`;
  return {
    xTitle: "step",
    yTitle: "strength in ΔW",
    lines: course.modes.map(({ strengths }, index) => ({
      label: `mode ${index + 1} of the change`,
      series: index,
      x: steps,
      y: strengths,
      form: "marks" as const,
      name: String(index + 1),
    })),
    verticals: course.walkHalf === null ? [] : [{ x: course.walkHalf.time, label: "random walk: half" }],
    levels: [],
    stops: steps,
    read: (stop) =>
      `step ${stepText(steps[stop])}: ${course.modes.map(({ strengths }, index) => `${index + 1}: ${formatNumber(strengths[stop], 3).text}`).join(", ")}; the modes hold ${percent(course.inModes[stop] ?? Number.NaN)} of the change so far; ‖W‖ ${formatNumber(course.norm[stop], 4).text}`,
    summary: `${course.modes.length} modes of the change of ${name}. ${course.modes.map(({ halfTime }, index) => (halfTime === null ? "" : `Mode ${index + 1} at half at ${stepText(halfTime.time)}.`)).join(" ")}`,
  };
}

function factsTemplate({ rows, columns }: FollowedMatrix, course: Course, cards: Cards) {
  const last = course.travel.length - 1;
  return html`<ul class="ms-dynamics-facts">
    <li>${cards.heading("norm", "Size")}: ${cards.number("norm", formatNumber(course.norm[0]).text)} → ${cards.number("norm", formatNumber(course.norm[last]).text)};
      ${cards.heading("travel", "travel")} ${cards.number("travel", formatNumber(course.travel[last]).text)} (${rows} × ${columns}).</li>
    <li>The followed modes ${cards.heading("inModes", "hold")} ${cards.number("inModes", percent(course.inModes[last] ?? Number.NaN))} of the whole change.</li>
    <li>Half of their end: ${course.modes.map(({ halfTime }, index) => html`${index > 0 ? ", " : ""}${index + 1} at ${halfTime === null ? "–" : cards.number("matrixStrength", stepText(halfTime.time))}`)};
      a random walk with these steps: all at ${stepText(course.walkHalf?.time)}.</li>
  </ul>`;
}
