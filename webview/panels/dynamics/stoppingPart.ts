import { html, render } from "lit";
import type { Taught } from "../../../src/studies/dynamics/types.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import type { Part } from "./part.ts";
import { namesOf, ranksText, separates, stepText } from "./readings.ts";

type Known = Exclude<Taught["stopping"], { readonly reason: string }>;

/** When to stop, mode by mode and for all, if the table is a truth with noise. */
export function stoppingPart(parent: HTMLElement, fold: (id: string, title: string) => Fold): Part {
  const section = fold("stopping", "Optimal stopping");
  const content = make("div", "ms-scroll");
  section.body.append(content);
  parent.append(section.element);
  return {
    update({ result }, quantities) {
      const taught = result?.taught ?? null;
      section.shown = taught !== null && !("reason" in taught);
      if (taught === null || "reason" in taught) return;
      const { stopping } = taught;
      const cards = new Cards(quantities);
      render(
        "reason" in stopping
          ? html`<p class="ms-not-applicable">${cards.heading("stopping", "Not predicted")}: ${stopping.reason}</p>`
          : template(taught, stopping, cards),
        content,
      );
    },
    dispose: () => section.dispose(),
  };
}

function template(
  taught: Taught,
  { noise, estimated, modes, testError, bestCheckpoint, bestStep }: Known,
  cards: Cards,
) {
  const { followed } = taught;
  const names = namesOf(taught);
  const how = estimated
    ? ` ± ${formatNumber(noise.standardError, 2).text}, matched to the median singular value`
    : ", as given";
  return html`
    <p>Noise of the table's entries σ = ${formatNumber(noise.entryStd, 3).text}${how}.
      ${cards.heading("testError", "Predicted test error")} is least at the checkpoint of step ${stepText(followed.steps[bestCheckpoint])}
      (${cards.number("testError", formatNumber(testError[bestCheckpoint], 3).text)}; at the last ${cards.number("testError", formatNumber(testError[testError.length - 1], 3).text)})${
        bestStep === null ? "" : `, on the theory's courses at ${stepText(bestStep)}`
      }.</p>
    <table class="ms-null-table ms-dynamics-table">
      <caption>Each mode's best strength, and when it stands there</caption>
      <thead><tr><th scope="col">Mode</th><th scope="col">Separates</th><th scope="col">σ</th><th scope="col">truth s̄</th>
        <th scope="col">${cards.heading("stopping", "best a*")}</th><th scope="col">foreseen at</th><th scope="col">measured at</th><th scope="col">error at a*</th><th scope="col">error at σ</th></tr></thead>
      <tbody>${modes.map(
        (mode, index) => html`<tr><th scope="row">${ranksText(followed.modes[index]!)}</th>
          <td class="ms-explanation">${separates(taught, index, names)}</td>
          <td>${formatNumber(mode.s).text}</td><td>${mode.truth === 0 ? "noise" : formatNumber(mode.truth).text}</td>
          <td>${cards.number("stopping", formatNumber(mode.best).text)}</td>
          <td>${mode.best === 0 ? "never" : stepText(mode.foreseen)}</td><td>${mode.best === 0 ? "never" : stepText(mode.measured)}</td>
          <td>${formatNumber(mode.errorAtBest, 3).text}</td><td>${formatNumber(mode.errorAtEnd, 3).text}</td></tr>`,
      )}</tbody>
    </table>
  `;
}
