import { html, nothing, render } from "lit";
import type { NoiseAccount, NullAccount, Said, SpectrumResult } from "../../../src/analysis/spectrum/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { spectrumChart } from "../../charts/spectrumChart.ts";
import type { MarkedLine, SpectrumData, SpectrumNull, SpectrumScale } from "../../charts/spectrumData.ts";
import type { ChartTheme } from "../../charts/theme.ts";
import { formatNumber } from "../../shell/format.ts";
import { describeProvenance } from "../../shell/measured.ts";
import { Cards } from "./cardButton.ts";
import type { TensorSession } from "./session.ts";

export interface SpectrumViewOptions {
  readonly result: SpectrumResult;
  readonly session: TensorSession;
  readonly theme: ChartTheme;
  readonly digits: number;
  readonly scale: SpectrumScale;
  onScale(scale: SpectrumScale): void;
  /** Asks for what the promise leaves out. */
  compute(what: "exact" | "floorless"): void;
}

export interface SpectrumView extends Disposable {
  /** The null that was found for it: with the noise level of the initial weights, where there are any. */
  showNull(account: Pick<NullAccount, "noise" | "orthogonality">): void;
}

/** The picture of the spectrum, what it promises, and the rank measures beside what noise of this shape has. */
export function spectrumView(parent: HTMLElement, options: SpectrumViewOptions): SpectrumView {
  const { result, theme, scale, onScale } = options;
  const promise = make("div", "ms-promise");
  const ranks = make("div");
  const root = make("div");
  parent.append(root);
  const chart = spectrumChart(root, theme, spectrumData(result, result), { scale, onScale });
  render(promiseTemplate(options), promise);
  render(ranksTemplate(options), ranks);
  root.append(promise, ranks);
  return {
    showNull: (account) => chart.show(spectrumData(result, account)),
    dispose() {
      chart.dispose();
      root.remove();
    },
  };
}

function spectrumData(result: SpectrumResult, against: Pick<NullAccount, "noise" | "orthogonality">): SpectrumData {
  return {
    singularValues: result.singularValues,
    total: Math.min(result.rows, result.columns),
    exact: result.promise === "exact",
    residuals: result.residuals,
    promise: promiseText(result),
    null: result.degenerate === null ? noiseNull(against.noise, against.orthogonality) : null,
    density: result.density,
  };
}

const SOURCES: Readonly<Record<NoiseAccount["source"], string>> = {
  initial: "noise level from the earlier weights",
  median: "noise level matched to the median singular value",
  rest: "noise level of what the leading modes leave",
  given: "noise level as given",
};

/** The null as the picture takes it: bulk, lines and one sentence; or the reason in their place. */
export function noiseNull(
  noise: Said<NoiseAccount>,
  orthogonality: NullAccount["orthogonality"],
  what = "",
): SpectrumNull {
  if (noise.value === null) {
    const equal = orthogonality !== null && orthogonality.verdict !== "no";
    const gain: readonly MarkedLine[] = equal ? [{ id: "gain", label: "gain", value: orthogonality.gain.value }] : [];
    const deviation = equal
      ? ` Largest |σ − gain|: ${formatNumber(orthogonality.largestDeviation.value, 3).text}.`
      : "";
    return { bulk: null, lines: gain, signal: 0, sentence: `No noise bulk is drawn: ${noise.reason}${deviation}` };
  }
  const { bulk, bulkEdge, noiseEdge, denoisingThreshold, signalModes, source } = noise.value;
  const count = signalModes.value;
  const error = signalModes.how.kind === "estimate" ? ` ± ${formatNumber(signalModes.how.standardError, 2).text}` : "";
  const found =
    count === 0
      ? `No singular value${what === "" ? "" : ` ${what}`} stands out of the noise${error === "" ? "" : ` (0${error})`}`
      : `${count}${error} singular value${count === 1 ? "" : "s"}${what === "" ? "" : ` ${what}`} stand${count === 1 ? "s" : ""} out of the noise`;
  return {
    bulk,
    lines: [
      { id: "bulk-edge", label: "bulk edge", value: bulkEdge.value },
      { id: "noise-edge", label: "99 % noise edge", value: noiseEdge.value },
      { id: "threshold", label: "denoising threshold", value: denoisingThreshold.value },
    ],
    signal: count,
    sentence: `${found}: above ${formatNumber(noiseEdge.value, 4).text}, which noise passes once in a hundred (${SOURCES[source]}).`,
  };
}

function promiseText(result: SpectrumResult): string {
  const known = result.singularValues.length;
  const total = Math.min(result.rows, result.columns);
  const how = describeProvenance(result.spectralNorm.how).replace(/\.$/, "");
  return result.promise === "exact"
    ? `All ${known} singular values. ${how}.`
    : `The leading ${known} of ${total} singular values (${result.promise}). ${how}.`;
}

function promiseTemplate({ result, compute }: SpectrumViewOptions) {
  if (result.degenerate !== null) return html`<p class="ms-quiet">${result.degenerate}</p>`;
  if (result.promise !== "exact")
    return html`
      <p class="ms-quiet">
        Promise: top-k with residuals${result.density === null ? nothing : html`, and an estimated density`}.
        <button class="ms-link" type="button" data-action="exact" @click=${() => compute("exact")}>Compute all values exactly</button>
      </p>
    `;
  if (result.floor === 0) return html`<p class="ms-quiet">Promise: exact, without a floor.</p>`;
  return html`
    <p class="ms-quiet">
      Promise: exact, with a floor: values below ${formatNumber(result.floor, 2).text} are not to be told from zero.
      <button class="ms-link" type="button" data-action="floorless" @click=${() => compute("floorless")}>Compute without floor</button>
    </p>
  `;
}

const RANKS = [
  { field: "stableRank", name: "stable rank ‖W‖_F²/σ₁²" },
  { field: "effectiveRank", name: "effective rank (Roy–Vetterli) exp H(σ/Σσ)" },
  { field: "participationRatio", name: "participation ratio (Σσ²)²/Σσ⁴" },
  { field: "hoyer", name: "Hoyer sparsity (√N − Σσ/√Σσ²)/(√N − 1)" },
] as const;

function ranksTemplate({ result, session, digits }: SpectrumViewOptions) {
  if (result.degenerate !== null) return nothing;
  const cards = new Cards(session, "spectrum", digits);
  return html`
    <table class="ms-null-table">
      <caption>Rank measures, each beside what Gaussian noise of ${result.rows} × ${result.columns} has (mean ± one draw's spread)</caption>
      <thead>
        <tr><th scope="col">Measure</th><th scope="col">Here</th><th scope="col">Noise of this shape</th><th scope="col">Distance</th></tr>
      </thead>
      <tbody>
        ${RANKS.map(({ field, name }) => {
          const { value, spread } = result.rankNulls[field];
          const measured = result[field];
          const distance = measured === null || spread === 0 ? null : (measured.value - value) / spread;
          return html`
            <tr>
              <th scope="row">${cards.heading(field, name)}</th>
              <td>${cards.measured(field, measured)}</td>
              <td>${formatNumber(value, digits).text} ± ${formatNumber(spread, 2).text}</td>
              <td>${distance === null ? "–" : `${formatNumber(distance, 2).text} spreads`}</td>
            </tr>
          `;
        })}
      </tbody>
    </table>
  `;
}
