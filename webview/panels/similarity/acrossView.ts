import { html } from "lit";
import type { AcrossFiles, SimilarityResult } from "../../../src/studies/similarity/types.ts";
import type { PairCell, PairMatrixData } from "../../charts/pairMatrix.ts";
import { csvOf, type SaveFile } from "../../charts/pictureFiles.ts";
import { formatNumber } from "../../shell/format.ts";
import { scaleOf } from "./data.ts";

type AcrossCell = AcrossFiles["cells"][number];

export interface AcrossViewOptions {
  readonly save: SaveFile;
  readonly digits: number;
  /** Opens the card of the mean and its error. */
  card(anchor: HTMLElement): void;
}

/** Layers by name against one another, as means over all pairs of different networks; null with fewer than three networks of the same layers. */
export function acrossMatrix(result: SimilarityResult, measure: string, digits: number): PairMatrixData | null {
  const { acrossFiles: across, symmetric } = result;
  if (across === null) return null;
  const { layers, cells, files } = across;
  const byPair = new Map(cells.map((cell) => [`${cell.a} ${cell.b}`, cell]));
  const find = (a: number, b: number) =>
    byPair.get(`${a} ${b}`) ?? (symmetric ? byPair.get(`${b} ${a}`) : undefined) ?? null;
  const title = `${measure}: mean over ${files.length} networks`;
  return {
    name: `across-networks-${result.measure}`,
    title,
    rows: layers,
    columns: layers,
    cells: layers.flatMap((_, a) => layers.map((__, b) => pairCell(find(a, b), digits))),
    ...scaleOf(
      result,
      cells.map(({ value }) => value),
    ),
    groups: [],
    text: (value) => formatNumber(value, 2).text,
    table: () => ({ caption: title, ...tableOf(across, cells) }),
  };
}

function pairCell(cell: AcrossCell | null, digits: number): PairCell | null {
  if (cell === null) return null;
  const { value, standardError, low, high, errors } = cell;
  const [mean, from, to] = [value, low, high].map((one) => formatNumber(one, digits).text);
  const [error, items, networks] = [standardError, ...errors].map((one) => formatNumber(one, 2).text);
  const sentence = `${mean}, 95 % over items and networks from ${from} to ${to}, standard error ${error} (items ${items}, networks ${networks})`;
  return { value, low, high, chance: null, clear: null, refused: null, sentence };
}

/** Layers against their namesakes in the other networks, in numbers; the other pairs are in the picture and its table. */
export function acrossTemplate(across: AcrossFiles, measure: string, { save, digits, card }: AcrossViewOptions) {
  const { layers, cells, files, degreesOfFreedom } = across;
  const own = cells.filter(({ a, b }) => a === b);
  const number = (value: number) => formatNumber(value, digits).text;
  const short = (value: number) => formatNumber(value, 2).text;
  return html`
    <p class="ms-quiet">Means over all pairs of ${files.length} networks with the same layers. Meant for seeds: checkpoints of one run are no sample of networks. Intervals by t with ${degreesOfFreedom} degrees of freedom.</p>
    <details class="ms-as-table" open><summary>Every layer against its namesakes</summary><div class="ms-table-scroll" tabindex="0" role="region" aria-label="Every layer against its namesakes"><table class="ms-data-table">
      <thead><tr><th scope="col">Layer</th><th scope="col"><button class="ms-value" type="button" data-field="acrossFiles"
        @click=${(event: Event) => card(event.currentTarget as HTMLElement)}>${measure}, mean</button></th><th scope="col">Standard error</th>
        <th scope="col">over items</th><th scope="col">over networks</th><th scope="col">95 % over both</th><th scope="col">Networks</th></tr></thead>
      <tbody>${own.map(
        ({
          a,
          value,
          standardError,
          low,
          high,
          errors,
        }) => html`<tr><th scope="row">${layers[a]}</th><td>${number(value)}</td>
          <td>${short(standardError)}</td><td>${short(errors[0])}</td><td>${short(errors[1])}</td><td>${number(low)} … ${number(high)}</td><td>${files.length}</td></tr>`,
      )}</tbody></table></div>
      <button class="ms-link" type="button" title="Save this table" @click=${() => save("namesakes-across-networks.csv", { text: csvOf(tableOf(across, own)) })}>CSV</button></details>`;
}

function tableOf({ layers, files, degreesOfFreedom }: AcrossFiles, cells: readonly AcrossCell[]) {
  return {
    columns: [
      "a",
      "b",
      "mean over networks",
      "standard error",
      "error over items",
      "error over networks",
      "low",
      "high",
      "networks",
      "degrees of freedom",
    ],
    rows: cells.map(({ a, b, value, standardError, errors, low, high }) => [
      layers[a]!,
      layers[b]!,
      ...[value, standardError, ...errors, low, high, files.length, degreesOfFreedom].map(String),
    ]),
  };
}
