import { html, nothing, type TemplateResult } from "lit";
import type { OperatorAccount, SpectralNullResult } from "../../../src/analysis/spectral-null/types.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Cards } from "./cardButton.ts";

/** Gain and deviation where all singular values are (nearly) equal: the null of an orthogonal initialization. */
export function orthogonalTemplate(
  { orthogonality }: SpectralNullResult,
  cards: Cards,
): TemplateResult | typeof nothing {
  if (orthogonality === null || orthogonality.verdict === "no") return nothing;
  return html`
    <p>
      ${orthogonality.verdict === "near" ? "Nearly orthogonal" : "Orthogonal"}: gain ${cards.measured("orthogonality", orthogonality.gain)},
      largest |σ − gain| ${cards.measured("orthogonality", orthogonality.largestDeviation)}.
    </p>
  `;
}

const NAMES = [
  ["logNorm", "log_norm"],
  ["logSpectralNorm", "log_spectral_norm"],
  ["alphaWeighted", "alpha_weighted"],
  ["logAlphaNorm", "log_alpha_norm"],
  ["mpSoftrank", "mp_softrank"],
] as const;

/** The tail, with all that says whether it means something; and WeightWatcher's quantities under their own names. */
export function tailTemplate({ powerLaw, weightWatcher }: SpectralNullResult, cards: Cards): TemplateResult {
  const tail = powerLaw.value;
  return html`
    <table class="ms-null-table">
      <caption>Tail of the eigenvalues λ = σ², and WeightWatcher's quantities by their names</caption>
      <tbody>
        <tr>
          <th scope="row">${cards.heading("powerLaw", "alpha")}</th>
          <td>
            ${
              tail === null
                ? html`<span class="ms-reason-cell">Not shown: ${powerLaw.reason}</span>`
                : html`${cards.measured("powerLaw", tail.alpha)}, n_tail ${tail.tailCount}, Kolmogorov–Smirnov D
                  ${formatNumber(tail.ksDistance, 3).text} with p ${formatNumber(tail.ksP, 2).text} (${tail.ksDraws} samples), against a
                  log-normal z ${formatNumber(tail.logNormalZ, 2).text} (p ${formatNumber(tail.logNormalP, 2).text})`
            }
          </td>
        </tr>
        ${NAMES.map(
          ([field, name]) => html`
            <tr>
              <th scope="row">${cards.heading(field, name)}</th>
              <td>${weightWatcher[field] === null ? html`<span class="ms-reason-cell">Not shown: built on what is not shown.</span>` : cards.measured(field, weightWatcher[field])}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** Single entries and the common mean: outliers that nothing else needs to explain. */
export function entriesTemplate(
  { meanOutlier, meanStrength, heavyEntries }: SpectralNullResult,
  cards: Cards,
): TemplateResult {
  const { count, threshold, largest } = heavyEntries;
  return html`
    <p>
      Mean of the entries: z = ${cards.measured("meanOutlier", meanOutlier)}, a singular value of
      ${formatNumber(meanStrength.value, 3).text} by itself. Entries beyond ${formatNumber(threshold, 3).text}:
      ${cards.number("heavyEntries", String(count))}${count === 0 ? "." : ":"}
      ${largest
        .slice(0, 8)
        .map(({ row, column, value }) => `${formatNumber(value, 4).text} at row ${row}, column ${column}`)
        .join("; ")}
    </p>
  `;
}

/** The convolution frequency by frequency: a grid of its largest singular values, darkest where it passes most. */
export function operatorTemplate(
  { operator }: SpectralNullResult,
  cards: Cards,
  digits: number,
): TemplateResult | typeof nothing {
  const account = operator.value;
  if (account === null)
    return operator.reason === "No convolution kernel."
      ? nothing
      : html`<p class="ms-note">As an operator: ${operator.reason}</p>`;
  return html`
    <p>
      As an operator on an image (circular padding, stride 1): largest singular value ${cards.measured("operator", account.norm)}, smallest
      ${cards.measured("operator", account.smallest)}; the reshaped kernel bounds it by ${formatNumber(account.lowerBound, digits).text} …
      ${formatNumber(account.upperBound, digits).text}.
    </p>
    ${frequencyTable(account)}
  `;
}

function frequencyTable({ grid: [rows, columns], byFrequency, norm }: OperatorAccount): TemplateResult {
  const label = (index: number, size: number) => (index === 0 ? "0" : `${index}/${size}`);
  return html`
    <div class="ms-scroll" tabindex="0" role="region" aria-label="Largest singular value by frequency">
      <table class="ms-null-table ms-frequencies">
        <caption>Largest singular value by frequency (cycles per pixel, down and across)</caption>
        <thead>
          <tr><th></th>${Array.from({ length: columns }, (_, q) => html`<th scope="col">${label(q, columns)}</th>`)}</tr>
        </thead>
        <tbody>
          ${Array.from(
            { length: rows },
            (_, p) => html`
              <tr>
                <th scope="row">${label(p, rows)}</th>
                ${Array.from({ length: columns }, (_, q) => {
                  const value = byFrequency[p * columns + q] ?? 0;
                  return html`<td><span class="ms-frequency" style=${`--share: ${norm.value === 0 ? 0 : Math.round((100 * value) / norm.value)}%`}>${formatNumber(value, 3).text}</span></td>`;
                })}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
