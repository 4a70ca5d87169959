import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import type { SimulatorResult } from "../../../src/studies/simulator/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { make, segments } from "../../charts/dom.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { pathsView } from "./pathsView.ts";
import { groupTable, lossCourses, MOST_DRAWN, strengthCourses, trainingText } from "./readings.ts";

export interface ResultsOptions {
  readonly theme: Theme;
  readonly digits: number;
  quantity(field: string): QuantityDefinition | null;
}

export interface ResultsView extends Disposable {
  show(result: SimulatorResult): void;
}

/** Words, curves, table and items of one run; `show` is called again as training goes on. */
export function resultsView(parent: HTMLElement, options: ResultsOptions): ResultsView {
  const store = new DisposableStore();
  let latest: SimulatorResult | null = null;
  let relative = false;
  const [words, numbers, table] = [make("div"), make("div", "ms-numbers"), make("div", "ms-simulator-table")];
  words.setAttribute("role", "status");
  const scale = segments(
    "Strength",
    [
      { id: "absolute", label: "a(t)" },
      { id: "relative", label: "a(t)/s" },
    ],
    "absolute",
    (id) => {
      relative = id === "relative";
      if (latest !== null) strengths.show(strengthCourses(latest, relative));
    },
  );
  const strengths = figure("How strong each group of modes is", [scale]);
  const loss = figure("Loss", []);
  const paths = pathsView(options.theme, options.quantity);
  parent.append(words, numbers, strengths.element, table, paths.element, loss.element);
  store.add(paths);

  function figure(title: string, controls: readonly HTMLElement[]) {
    const element = make("section", "ms-simulator-figure");
    const head = make("div", "ms-chart-bar");
    head.append(make("h2", "", title), ...controls);
    element.append(head);
    let chart: CourseChart | null = null;
    return {
      element,
      show(data: CourseData) {
        if (chart === null) chart = store.add(courseChart(element, options.theme, data));
        else chart.show(data);
      },
    };
  }

  return {
    show(result) {
      latest = result;
      render(wordsTemplate(result), words);
      render(numbersTemplate(result, options), numbers);
      render(tableTemplate(result, options), table);
      strengths.show(strengthCourses(result, relative));
      loss.show(lossCourses(result));
      paths.show(result);
    },
    dispose() {
      store.dispose();
      for (const element of [words, numbers, table, strengths.element, loss.element]) element.remove();
    },
  };
}

function wordsTemplate(result: SimulatorResult) {
  const { training, warnings, groups } = result;
  const reason = training.kind === "off" || training.kind === "stopped" ? training.reason : null;
  return html`
    <p class="ms-simulator-state">${trainingText(result)}</p>
    ${reason === null ? nothing : html`<p class="ms-simulator-refusal"><span class="codicon codicon-error" aria-hidden="true"></span> ${reason}</p>`}
    ${warnings.map((warning) => html`<p class="ms-simulator-warning"><span class="codicon codicon-info" aria-hidden="true"></span> ${warning}</p>`)}
    ${
      groups.length > MOST_DRAWN
        ? html`<p class="ms-note">The ${MOST_DRAWN} strongest of ${groups.length} groups of modes are drawn; the table has all.</p>`
        : nothing
    }
  `;
}

function numbersTemplate(result: SimulatorResult, { quantity, digits }: ResultsOptions) {
  const number = (value: number | null | undefined) => formatNumber(value, digits).text;
  const last = (values: ArrayLike<number> | null) =>
    values === null
      ? null
      : Array.from(values)
          .filter((value) => !Number.isNaN(value))
          .at(-1);
  const rateField = quantity("largestRate");
  const cards: readonly (readonly [label: string, text: string, card: QuantityDefinition | null])[] = [
    ["items × properties", `${result.items} × ${result.properties}`, null],
    ["rate", number(result.rate), rateField],
    ["largest stable rate", number(result.largestRate), rateField],
    ["τ in steps", number(result.timeConstant), quantity("halfTime")],
    ["loss at the end, theory", number(last(result.theoryLoss)), quantity("loss")],
    ["loss, trained", number(last(result.trainedLoss)), quantity("loss")],
    ["off-diagonal share", number(last(result.offDiagonal)), quantity("offDiagonal")],
  ];
  return cards.map(([label, text, card]) => {
    const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
    return card === null
      ? html`<div class="ms-number-card">${inside}</div>`
      : html`<button class="ms-number-card" type="button" title=${`${card.label}: open its card`} @click=${(
          event: Event,
        ) => openCard(event.currentTarget as HTMLElement, card, { text })}>${inside}</button>`;
  });
}

function tableTemplate(result: SimulatorResult, { quantity, digits }: ResultsOptions) {
  const { columns, rows } = groupTable(result, digits);
  const hows = (row: (typeof rows)[number], field: string) =>
    field === "halfTime"
      ? (row.group.theoryHalfTime?.how ?? null)
      : field === "trainedHalfTime"
        ? (row.group.trainedHalfTime?.how ?? null)
        : null;
  return html`<div class="ms-table-scroll" tabindex="0" role="region" aria-label="Groups of modes">
    <table class="ms-data-table">
      <caption>${result.table === null ? "Levels of the tree" : `Modes of ${result.table}`}, theory beside training; times in steps</caption>
      <thead>
        <tr>
          <th scope="col">${result.table === null ? "level" : "modes"}</th>
          ${columns.map(({ field, title }) => {
            const card = quantity(field);
            return html`<th scope="col">${
              card === null
                ? title
                : html`<button class="ms-value ms-value-heading" type="button" title=${`What is ${title}?`} @click=${(
                    event: Event,
                  ) => openCard(event.currentTarget as HTMLElement, card)}>${title}</button>`
            }</th>`;
          })}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            <th scope="row">${row.name}</th>
            ${row.cells.map(({ field, text }) => {
              const card = quantity(field);
              return html`<td>${
                card === null || text === "" || text === "–"
                  ? text
                  : html`<button class="ms-value" type="button" title=${`${card.label}: open its card`} @click=${(
                      event: Event,
                    ) =>
                      openCard(event.currentTarget as HTMLElement, card, {
                        text,
                        how: hows(row, field),
                      })}>${text}</button>`
              }</td>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
