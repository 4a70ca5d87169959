import { html, nothing, render } from "lit";
import type { TravelResult } from "../../../src/analysis/travel/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { spectrumChart } from "../../charts/spectrumChart.ts";
import type { SpectrumScale } from "../../charts/spectrumData.ts";
import type { ChartTheme } from "../../charts/theme.ts";
import { formatNumber } from "../../shell/format.ts";
import { Cards } from "./cardButton.ts";
import type { TensorSession } from "./session.ts";
import { noiseNull } from "./spectrumView.ts";

export interface ChangeViewOptions {
  readonly result: TravelResult;
  readonly session: TensorSession;
  readonly theme: ChartTheme;
  readonly digits: number;
  readonly scale: SpectrumScale;
  onScale(scale: SpectrumScale): void;
}

/** What training added since the earlier checkpoint: how much, in which modes, and what those have to do with before and after. */
export function changeView(parent: HTMLElement, options: ChangeViewOptions): Disposable {
  const { result, session, theme, digits, scale, onScale } = options;
  const store = new DisposableStore();
  const root = make("div");
  const numbers = make("div");
  const modes = make("div");
  root.append(numbers);
  parent.append(root);
  const cards = new Cards(session, "travel", digits);
  render(
    html`
      <p>
        Travel ‖ΔW‖/‖W₀‖ = ${cards.measured("travel", result.travel)} since ${session.reference?.name ?? "the earlier checkpoint"}:
        ‖ΔW‖ = ${cards.measured("changeNorm", result.changeNorm)}, ‖W₀‖ = ${cards.measured("initialNorm", result.initialNorm)}, cosine of W and
        W₀ ${cards.measured("cosine", result.cosine)}.
      </p>
      ${result.change.value === null ? html`<p class="ms-note">${result.change.reason}</p>` : nothing}
    `,
    numbers,
  );
  const change = result.change.value;
  if (change !== null) {
    const known = change.singularValues.length;
    const total = Math.min(result.rows, result.columns);
    store.add(
      spectrumChart(
        root,
        theme,
        {
          singularValues: change.singularValues,
          total,
          exact: change.promise === "exact",
          residuals: null,
          promise: `${change.promise === "exact" ? `All ${known}` : `The leading ${known} of ${total}`} singular values of the change ΔW = W − W₀.`,
          null: noiseNull(change.noise, null, "of the change"),
          density: null,
        },
        { scale, onScale },
      ),
    );
    root.append(modes);
    render(modesTemplate(options, cards), modes);
  }
  return {
    dispose() {
      store.dispose();
      root.remove();
    },
  };
}

function modesTemplate({ result, session, digits }: ChangeViewOptions, cards: Cards) {
  const change = result.change.value;
  if (change === null || change.modes.length === 0) return nothing;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const chance = (size: number) => percent(Math.min(1, change.subspace / size));
  return html`
    <div class="ms-scroll" tabindex="0" role="region" aria-label="Modes learned since">
      <table class="ms-null-table">
        <caption>
          Modes learned since ${session.reference?.name ?? "then"}. A random direction lies to ${chance(result.rows)} (u) and
          ${chance(result.columns)} (v) in the leading ${change.subspace} of the earlier weights.
        </caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">σ of ΔW</th>
            <th scope="col">${cards.heading("modes", "signal θ")}</th>
            <th scope="col">${cards.heading("alignment", `u in W₀'s leading ${change.subspace}`)}</th>
            <th scope="col">${cards.heading("alignment", `v in W₀'s leading ${change.subspace}`)}</th>
            <th scope="col">in W now</th>
          </tr>
        </thead>
        <tbody>
          ${change.modes.map(
            (mode) => html`
              <tr>
                <th scope="row">${mode.index + 1}</th>
                <td>${cards.number("change", formatNumber(mode.singularValue, digits).text)}</td>
                <td>${cards.number("modes", formatNumber(mode.strength, digits).text)}</td>
                <td>${percent(mode.leftInInitial)}</td>
                <td>${percent(mode.rightInInitial)}</td>
                <td>most like mode ${mode.final.index + 1} (overlap ${formatNumber(mode.final.overlap, 2).text})</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
