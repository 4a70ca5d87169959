import { html, nothing } from "lit";
import { counted } from "../../../src/base/counted.ts";
import { csvOf } from "../../charts/pictureFiles.ts";
import type { SaveFile } from "../../charts/scenePicture.ts";
import { formatNumber } from "../../shell/format.ts";
import type { CeilingTable } from "./data.ts";

/** Pairs of layers that are listed: the clearest differences. */
const MOST_PAIRS = 30;

export interface CeilingViewOptions {
  readonly save: SaveFile;
  readonly digits: number;
  /** Opens the card of the errors. */
  card(anchor: HTMLElement): void;
}

/** What stands against the ceiling, in numbers: layers with errors over items and parts, and which two of them differ. */
export function ceilingTemplate(table: CeilingTable, { save, digits, card }: CeilingViewOptions) {
  const { ceiling, layers, differences, name } = table;
  const number = (value: number | null) => (value === null ? "" : formatNumber(value, digits).text);
  const short = (value: number | null) => (value === null ? "" : formatNumber(value, 2).text);
  const { bootstrap, noBootstrap, bound, of, over } = ceiling;
  const ends = bootstrap === null ? ["", ""] : bootstrap.ceilingErrors.map((error) => ` ± ${short(error)}`);
  return html`
    <p>Noise ceiling of ${over} ${of}: ${number(ceiling.lower)}${ends[0]} to ${number(ceiling.upper)}${ends[1]}.${
      bound === null ? "" : ` No ranking exceeds ${number(bound)}.`
    } ${noBootstrap ?? ""}</p>
    ${
      layers.length === 0
        ? nothing
        : html`<details class="ms-as-table" open><summary>Layers against the ceiling</summary><div class="ms-table-scroll" tabindex="0"><table class="ms-data-table">
          <thead><tr><th scope="col">Layer</th><th scope="col">with single ${of}</th><th scope="col"><button class="ms-value" type="button" data-field="generalization"
            @click=${(event: Event) => card(event.currentTarget as HTMLElement)}>95 % over items and ${of}</button></th><th scope="col">p</th><th scope="col">p of reaching the ceiling</th></tr></thead>
          <tbody>${layers.map(
            (one) => html`<tr><th scope="row">${one.name}</th><td>${number(one.value)}</td>
              <td>${one.low === null ? "" : `${short(one.low)} … ${short(one.high)}`}</td><td>${short(one.p)}</td><td>${short(one.belowCeiling)}</td></tr>`,
          )}</tbody></table></div>
          <button class="ms-link" type="button" title="Save this table" @click=${() => save("layers-against-ceiling.csv", { text: csvOf(layersCsv(table)) })}>CSV</button></details>`
    }
    ${
      differences.length === 0
        ? nothing
        : html`<details class="ms-as-table"><summary>Which layers differ: ${differences.filter(({ corrected }) => corrected <= 0.05).length} of ${counted(differences.length, "pair")} at 0.05, corrected</summary>
          <div class="ms-table-scroll" tabindex="0"><table class="ms-data-table">
          <thead><tr><th scope="col">Layer</th><th scope="col">minus</th><th scope="col">Difference</th><th scope="col">Error</th><th scope="col">p</th><th scope="col">corrected</th></tr></thead>
          <tbody>${differences.slice(0, MOST_PAIRS).map(
            (
              one,
            ) => html`<tr><th scope="row">${name(one.a)}</th><td>${name(one.b)}</td><td>${number(one.difference)}</td>
                <td>${short(one.standardError)}</td><td>${short(one.p)}</td><td>${short(one.corrected)}</td></tr>`,
          )}</tbody></table></div>
          <button class="ms-link" type="button" title="Save this table" @click=${() => save("layer-differences.csv", { text: csvOf(differencesCsv(table)) })}>CSV</button></details>`
    }`;
}

const text = (value: number | null): string => (value === null ? "" : String(value));

function layersCsv({ layers }: CeilingTable) {
  return {
    columns: ["layer", "value", "standard error", "low", "high", "p", "p of reaching the ceiling"],
    rows: layers.map((one) => [
      one.name,
      String(one.value),
      ...[one.standardError, one.low, one.high, one.p, one.belowCeiling].map(text),
    ]),
  };
}

function differencesCsv({ differences, name }: CeilingTable) {
  return {
    columns: ["a", "b", "difference", "standard error", "p", "corrected p"],
    rows: differences.map((one) => [
      name(one.a),
      name(one.b),
      ...[one.difference, one.standardError, one.p, one.corrected].map(String),
    ]),
  };
}
