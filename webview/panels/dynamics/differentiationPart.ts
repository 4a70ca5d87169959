import { html, nothing, render } from "lit";
import { counted } from "../../../src/base/counted.ts";
import type { Taught } from "../../../src/studies/dynamics/types.ts";
import { make } from "../../charts/dom.ts";
import { type PathChart, type PathData, pathChart } from "../../charts/pathChart.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Theme } from "../../shell/types.ts";
import { Cards } from "./cards.ts";
import type { Fold } from "./fold.ts";
import type { Part, PartContext } from "./part.ts";
import { type Names, namesOf, percent, ranksText, splitName, stepText } from "./readings.ts";

/** Items as points that move apart, all checkpoints in one embedding, and when each split of their tree opened. */
export function differentiationPart(
  parent: HTMLElement,
  theme: Theme,
  context: PartContext,
  fold: (id: string, title: string) => Fold,
): Part {
  const section = fold("differentiation", "Progressive differentiation");
  const words = make("div");
  const controls = make("div", "ms-chart-bar");
  const picture = make("div");
  const table = make("div", "ms-scroll");
  table.tabIndex = 0;
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", "Splits of the items' tree");
  section.body.append(words, controls, picture, table);
  parent.append(section.element);
  let chart: PathChart | null = null;
  let moment = 0;
  const setAxes = (axes: string) => {
    context.save({ axes });
    const [x = 0, y = 0] = axes.split("-").map(Number);
    chart?.setAxes(x, y);
  };
  return {
    update({ result }, quantities) {
      const taught = result?.taught ?? null;
      if (taught === null || "reason" in taught) {
        section.shown = false;
        return;
      }
      section.shown = true;
      const cards = new Cards(quantities);
      const { semantics } = taught;
      const usable = !("reason" in semantics) && semantics.embedding.axes > 0;
      for (const element of [controls, picture]) element.hidden = !usable;
      if ("reason" in semantics) {
        render(html`<p class="ms-not-applicable">${semantics.reason}</p>`, words);
        render(nothing, table);
        return;
      }
      render(wordsTemplate(taught, semantics, cards), words);
      render(splitsTemplate(taught, namesOf(taught), cards), table);
      if (!usable) return;
      const data = pathData(taught, semantics);
      if (chart === null) chart = pathChart(picture, theme, data);
      else chart.show(data);
      const { axes } = semantics.embedding;
      const wanted = context.state().axes;
      const choices = pairs(axes);
      render(axesTemplate(choices, choices.includes(wanted) ? wanted : "0-1", setAxes), controls);
      setAxes(choices.includes(wanted) ? wanted : (choices[0] ?? "0-0"));
      chart.setMoment(moment);
    },
    setMoment(at) {
      moment = at;
      chart?.setMoment(at);
    },
    dispose() {
      chart?.dispose();
      section.dispose();
    },
  };
}

type Known = Exclude<Taught["semantics"], { readonly reason: string }>;

function pairs(axes: number): readonly string[] {
  const out: string[] = [];
  for (let x = 0; x < axes; x++) for (let y = x + 1; y < axes; y++) out.push(`${x}-${y}`);
  return out.length === 0 ? ["0-0"] : out;
}

function axesTemplate(choices: readonly string[], chosen: string, choose: (axes: string) => void) {
  return html`<label>Axes
    <select class="ms-select" @change=${(event: Event) => choose((event.currentTarget as HTMLSelectElement).value)}>
      ${choices.map(
        (one) =>
          html`<option value=${one} ?selected=${one === chosen}>${one
            .split("-")
            .map((axis) => Number(axis) + 1)
            .join(" and ")}</option>`,
      )}
    </select></label>`;
}

function pathData(taught: Taught, { items, embedding }: Known): PathData {
  const names = namesOf(taught);
  return {
    names: items.map(names.item),
    series: branches(taught, items),
    moments: taught.followed.steps,
    points: embedding.points,
    axes: embedding.axes,
    titles: embedding.shares.map((share, axis) => `axis ${axis + 1} (${percent(share)} of the variance)`),
    summary: `Hidden vectors of ${counted(items.length, "item")} over ${taught.followed.steps.length} checkpoints, scaled to a plane together.`,
  };
}

/** Items of one branch alike: the branches of the first splits until there are several. */
function branches({ splits }: Taught, items: readonly number[]): readonly number[] {
  if ("reason" in splits || splits.length === 0) return items.map(() => 0);
  let groups: (readonly number[])[] = [...splits[0]!.sides];
  for (const { sides } of splits.slice(1)) {
    const whole = sides.flat();
    const at = groups.findIndex(
      (group) => group.length === whole.length && whole.every((item) => group.includes(item)),
    );
    if (at < 0 || groups.length + sides.length - 1 > 6) continue;
    groups = [...groups.slice(0, at), ...sides, ...groups.slice(at + 1)];
  }
  return items.map((item) =>
    Math.max(
      0,
      groups.findIndex((group) => group.includes(item)),
    ),
  );
}

function wordsTemplate(taught: Taught, { embedding, layer, items, minimumNorm }: Known, cards: Cards) {
  if (embedding.axes === 0)
    return html`<p class="ms-not-applicable">All hidden vectors are the same: there is nothing to scale.</p>`;
  const held = embedding.shares.reduce((sum, share) => sum + share, 0);
  const turned = embedding.degenerate.map((axis) => `${axis + 1} and ${axis + 2}`).join(", ");
  return html`
    <p>${cards.heading("embedding", "One embedding of all checkpoints")} of the hidden layer after ${taught.layers[layer - 1]}: ${embedding.axes} axes hold
      ${cards.number("embedding", percent(held))} of the variance, stress ${cards.number("embedding", formatNumber(embedding.stress, 2).text)}.
      ${turned === "" ? nothing : `Axes ${turned} are of equal variance: any turn between them is as good.`}
      ${items.length < taught.items ? `${items.length} of ${taught.items} items are shown, evenly spaced.` : nothing}</p>
    <p>${cards.heading("minimumNorm", "Minimum-norm fingerprint")}: ${
      "reason" in minimumNorm
        ? minimumNorm.reason
        : html`${cards.number("minimumNorm", formatNumber(minimumNorm[0], 2).text)} at first,
            ${cards.number("minimumNorm", formatNumber(minimumNorm[minimumNorm.length - 1], 2).text)} at last (0: the smallest weights that make this map).`
    }</p>
  `;
}

const SHOWN_SPLITS = 100;

function splitsTemplate(taught: Taught, names: Names, cards: Cards) {
  const { splits, followed } = taught;
  if ("reason" in splits) return html`<p class="ms-quiet">${splits.reason}</p>`;
  if (splits.length === 0) return nothing;
  return html`
    <table class="ms-null-table ms-dynamics-table">
      <caption>Splits of the items' tree, the widest first, and when the hidden layer told their sides apart</caption>
      <thead><tr><th scope="col">Split</th><th scope="col">Mode</th><th scope="col">purity</th>
        <th scope="col">${cards.heading("differentiation", "told apart")}</th><th scope="col">${cards.heading("halfTime", "t½ of the mode")}</th></tr></thead>
      <tbody>${splits.slice(0, SHOWN_SPLITS).map((split) => {
        const mode = split.mode === null ? undefined : followed.modes[split.mode];
        return html`<tr>
          <th scope="row" class="ms-explanation">${splitName(split, names)}</th>
          <td>${mode === undefined ? "–" : ranksText(mode)}</td>
          <td>${mode === undefined ? "" : formatNumber(split.purity, 3).text}</td>
          <td>${split.apart === null ? "–" : cards.number("differentiation", stepText(split.apart))}</td>
          <td>${mode?.halfTime == null ? "–" : cards.number("halfTime", stepText(mode.halfTime.time))}</td>
        </tr>`;
      })}</tbody>
    </table>
    ${splits.length > SHOWN_SPLITS ? html`<p class="ms-quiet">${splits.length - SHOWN_SPLITS} more splits are not listed.</p>` : nothing}
  `;
}
