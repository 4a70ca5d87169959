import { html, nothing, render, type TemplateResult } from "lit";
import type { SpectralNullResult, SpikeAccount } from "../../../src/analysis/spectral-null/types.ts";
import type { NoiseAccount, Said } from "../../../src/analysis/spectrum/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import { Cards } from "./cardButton.ts";
import { entriesTemplate, operatorTemplate, orthogonalTemplate, tailTemplate } from "./nullParts.ts";
import type { TensorSession } from "./session.ts";

export interface NullViewOptions {
  readonly result: SpectralNullResult;
  readonly session: TensorSession;
  readonly digits: number;
}

/** The spectrum against its nulls, each mode that stands out accounted for, and what else the entries say. */
export function nullView(parent: HTMLElement, options: NullViewOptions): Disposable {
  const root = make("div", "ms-null");
  const cards = new Cards(options.session, "spectral-null", options.digits);
  const { result } = options;
  render(
    html`
      ${result.remarks.map(({ message }) => html`<p class="ms-remark">${message}</p>`)}
      ${nullsTemplate(options, cards)} ${spikesTemplate(options, cards)} ${orthogonalTemplate(result, cards)}
      ${tailTemplate(result, cards)} ${entriesTemplate(result, cards)} ${operatorTemplate(result, cards, options.digits)}
    `,
    root,
  );
  parent.append(root);
  return { dispose: () => root.remove() };
}

function nullsTemplate({ result, session, digits }: NullViewOptions, cards: Cards): TemplateResult {
  const earlier = session.reference?.name ?? "";
  const inUse = result.noise.value?.source ?? null;
  const row = (name: string, source: NoiseAccount["source"], said: Said<NoiseAccount>) => html`
    <tr class=${source === inUse ? "ms-in-use" : ""}>
      <th scope="row">${name}${source === inUse ? html` <span class="ms-tag">in use</span>` : nothing}</th>
      ${
        said.value === null
          ? html`<td colspan="3" class="ms-reason-cell">Not shown: ${said.reason}</td>`
          : html`<td>${cards.measured("noiseStd", said.value.noiseStd)}</td>
            <td>${cards.measured("noiseEdge", said.value.noiseEdge)}</td>
            <td>${cards.measured("signalModes", said.value.signalModes)}</td>`
      }
    </tr>
  `;
  const { signFlip } = result;
  return html`
    <table class="ms-null-table">
      <caption>What stands out, against three nulls</caption>
      <thead>
        <tr><th scope="col">Null</th><th scope="col">Noise level σ</th><th scope="col">Edge</th><th scope="col">Modes beyond</th></tr>
      </thead>
      <tbody>
        ${row(earlier === "" ? "entries of the initial weights" : `entries of ${earlier}`, "initial", result.initialNoise)}
        ${row("bulk matched to the median", result.medianNoise.value?.source ?? "median", result.medianNoise)}
        ${result.noise.value?.source === "given" ? row("σ as given", "given", result.noise) : nothing}
        <tr>
          <th scope="row">${cards.heading("signFlip", "random signs on the entries")}</th>
          ${
            signFlip.value === null
              ? html`<td colspan="3" class="ms-reason-cell">Not shown: ${signFlip.reason}</td>`
              : html`<td>keeps each |Wᵢⱼ|</td>
                <td>${formatNumber(signFlip.value.upper, digits).text} (95 % of ${signFlip.value.draws} draws)</td>
                <td>${cards.number("signFlip", `${signFlip.value.signalModes}${signFlip.value.signalModes === signFlip.value.p.length ? "+" : ""} with p ≤ 0.05`)}</td>`
          }
        </tr>
      </tbody>
    </table>
    ${signFlip.value === null || signFlip.value.stopped === null ? nothing : html`<p class="ms-note">${stopped(signFlip.value)}</p>`}
  `;
}

function stopped({ draws, asked, stopped: why, p }: NonNullable<SpectralNullResult["signFlip"]["value"]>): string {
  return why === "budget"
    ? `${draws} of ${asked} sign patterns: the matrix is large. No p can be below 1/${draws + 1}.`
    : `${draws} of ${asked} sign patterns: the largest value is among theirs (p = ${formatNumber(p[0], 2).text}), more would not change that.`;
}

function spikesTemplate({ result, session, digits }: NullViewOptions, cards: Cards): TemplateResult {
  const { spikes, noise } = result;
  if (noise.value === null) return html``;
  const total = noise.value.signalModes.value;
  if (total === 0) return html`<p class="ms-note">No mode stands out, so there is none to account for.</p>`;
  const compared = spikes.some(({ initialPart }) => initialPart !== null);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const cell = (field: string, value: number) =>
    html`<td>${cards.number(field, formatNumber(value, digits).text)}</td>`;
  return html`
    <div class="ms-scroll" tabindex="0" role="region" aria-label="Modes that stand out">
      <table class="ms-null-table">
        <caption>
          The ${spikes.length === total ? total : `first ${spikes.length} of ${total}`} mode${total === 1 ? "" : "s"} that stand${total === 1 ? "s" : ""} out, one by one
        </caption>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">σ</th>
            <th scope="col">${cards.heading("modes", "signal θ")}</th>
            <th scope="col">${cards.heading("modes", "u true")}</th>
            <th scope="col">${cards.heading("modes", "v true")}</th>
            <th scope="col">${cards.heading("denoisingThreshold", "shrunk")}</th>
            <th scope="col">${cards.heading("signFlip", "flip p")}</th>
            ${compared ? html`<th scope="col">${cards.heading("initialPart", `there in ${session.reference?.name ?? "W₀"}`)}</th>` : nothing}
            <th scope="col">${cards.heading("spikes", "what makes it")}</th>
          </tr>
        </thead>
        <tbody>
          ${spikes.map(
            (spike) => html`
              <tr>
                <th scope="row">${spike.index + 1}</th>
                <td>${formatNumber(spike.singularValue, digits).text}</td>
                ${cell("modes", spike.strength)}
                <td>${percent(spike.leftOverlap)}</td>
                <td>${percent(spike.rightOverlap)}</td>
                <td>${formatNumber(spike.shrunk, digits).text}</td>
                <td>${spike.flipP === null ? "–" : formatNumber(spike.flipP, 2).text}</td>
                ${compared ? html`<td>${initialText(spike, digits)}</td>` : nothing}
                <td class="ms-explanation">${spike.explanation}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
    ${
      compared
        ? nothing
        : html`<p class="ms-note">${result.initial.reason ?? "No earlier weights to compare with: nothing here is said to have been learned."}</p>`
    }
  `;
}

/** "0.12 (4 %), the rest came since": only where the earlier weights are known, and exact for these vectors. */
function initialText({ initialPart, singularValue }: SpikeAccount, digits: number): string {
  if (initialPart === null) return "–";
  const share = initialPart / singularValue;
  const verdict = share < 0.5 ? "mostly learned since" : share < 0.9 ? "partly learned since" : "was there";
  return `${formatNumber(initialPart, digits).text} (${Math.round(100 * share)} %): ${verdict}`;
}
