import { html, render } from "lit";
import type { Taught } from "../../../src/studies/dynamics/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import { between } from "./modesPart.ts";
import type { Part, PartContext } from "./part.ts";
import { type Illusion, illusionSentence, type Names, namesOf, ranksText, stepText } from "./readings.ts";

const SHOWN = 200;

/** Beliefs that were wrong for a while: which, when, made and taken back by which modes. */
export function beliefsPart(
  parent: HTMLElement,
  theme: Theme,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("beliefs", "Illusory correlations");
  const words = make("div");
  const picture = make("div");
  const table = make("div", "ms-table-scroll");
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "Beliefs that were wrong for a while");
  section.body.append(words, picture, table);
  parent.append(section.element);
  let chart: CourseChart | null = null;
  let shown: { readonly taught: Taught; readonly found: readonly Illusion[]; readonly cards: Cards } | null = null;
  const draw = () => {
    if (shown === null) return;
    const { taught, found, cards } = shown;
    const names = namesOf(taught);
    const chosen = Math.min(context.state().belief, found.length - 1);
    const one = found[chosen]!;
    const choose = (belief: number) => {
      context.save({ belief });
      draw();
    };
    render(
      html`<p>${cards.heading("illusion", countSentence(found.length))}.
        ${illusionSentence(one, taught.followed.modes, names)}</p>`,
      words,
    );
    const data = beliefData(taught, one, names);
    if (chart === null) chart = courseChart(picture, theme, data);
    else chart.show(data);
    render(tableTemplate(taught, found, names, cards, chosen, choose), table);
  };
  return {
    update({ result }, quantities) {
      const taught = result?.taught ?? null;
      section.shown = taught !== null && !("reason" in taught);
      if (taught === null || "reason" in taught) return;
      const { illusions } = taught.followed;
      const usable = !("reason" in illusions) && illusions.length > 0;
      for (const element of [picture, table]) element.hidden = !usable;
      if ("reason" in illusions || illusions.length === 0) {
        const why =
          "reason" in illusions
            ? illusions.reason
            : "No belief left the interval between 0 and the table by a tenth of its largest entry and came back: none in a shallow network, few where modes come together.";
        render(html`<p class="ms-not-applicable">${why}</p>`, words);
        return;
      }
      shown = { taught, found: illusions, cards: new Cards(quantities) };
      draw();
    },
    setMoment(moment) {
      if (shown !== null) chart?.setTime(between(shown.taught.followed.steps, moment));
    },
    dispose() {
      chart?.dispose();
      section.dispose();
    },
  };
}

function countSentence(count: number): string {
  if (count === 1) return "1 belief was wrong for a while";
  return `${count === SHOWN ? `The strongest ${SHOWN}` : count} beliefs were wrong for a while`;
}

function beliefData({ followed }: Taught, one: Illusion, names: Names): CourseData {
  const label = `${names.item(one.item)} – ${names.property(one.property)}`;
  return {
    xTitle: "step",
    yTitle: "belief ŷ(t)",
    lines: [{ label, series: 0, x: followed.steps, y: one.course, form: "marks", chosen: true }],
    verticals: [
      { x: one.onset, label: "onset" },
      { x: one.offset, label: "offset" },
    ],
    levels: [{ y: one.truth, label: "table" }],
    stops: followed.steps,
    read: (stop) =>
      `step ${stepText(followed.steps[stop])}: ${formatNumber(one.course[stop], 4).text} (the table says ${formatNumber(one.truth).text})`,
    summary: `${label} over the run: peak ${formatNumber(one.peak, 3).text} at ${stepText(one.peakTime)}.`,
  };
}

function tableTemplate(
  { followed }: Taught,
  found: readonly Illusion[],
  names: Names,
  cards: Cards,
  chosen: number,
  choose: (belief: number) => void,
) {
  return html`
    <table class="ms-null-table ms-dynamics-table">
      <thead><tr><th scope="col">Belief</th><th scope="col">table</th><th scope="col">${cards.heading("illusion", "peak")}</th><th scope="col">at</th>
        <th scope="col">from–to</th><th scope="col">made by</th><th scope="col">taken back by</th><th scope="col">${cards.heading("fromMonotone", "from monotone")}</th></tr></thead>
      <tbody>${found.slice(0, SHOWN).map((one, index) => {
        const [maker, lacking] = one.cause;
        return html`<tr class=${index === chosen ? "ms-selected" : ""}>
          <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(index === chosen)} @click=${() => choose(index)}>${names.item(one.item)} – ${names.property(one.property)}</button></th>
          <td>${formatNumber(one.truth, 3).text}</td>
          <td>${cards.number("illusion", formatNumber(one.peak, 3).text)}</td>
          <td>${stepText(one.peakTime)}</td>
          <td>${stepText(one.onset)}–${stepText(one.offset)}</td>
          <td>mode ${ranksText(followed.modes[maker]!)}</td>
          <td>${lacking === null ? "–" : `mode ${ranksText(followed.modes[lacking]!)}`}</td>
          <td>${cards.number("fromMonotone", formatNumber(one.fromMonotone, 2).text)}</td>
        </tr>`;
      })}</tbody>
    </table>
  `;
}
