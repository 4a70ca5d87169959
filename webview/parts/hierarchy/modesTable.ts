import { html, type TemplateResult } from "lit";
import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import { hierarchyRows, typicalityText } from "./hierarchyReadings.ts";

/** A line a group of modes; with an item chosen also how typical that is of each. */
export function modesTable(
  result: ModeHierarchyResult,
  digits: number,
  chosen: readonly number[],
  item: { readonly index: number; readonly name: string } | null,
  choose: (mode: number) => void,
): TemplateResult {
  const typicality = (mode: number, alone: boolean) =>
    item === null ? "" : alone ? typicalityText(result.itemVectors[mode * result.items + item.index]!) : "–";
  return html`
    <div class="ms-table-scroll">
      <table class="ms-mode-table">
        <caption class="ms-quiet">Modes and the splits they make. The null permutes each property over the items ${result.draws} times${result.leaves === null ? "" : ", on the sample"}.</caption>
        <thead>
          <tr><th scope="col">Mode</th><th scope="col">σ</th><th scope="col">null of σ</th><th scope="col">Share of Σσ²</th><th scope="col">Makes</th>
            <th scope="col">Purity</th><th scope="col">95 % of null</th><th scope="col">p</th>
            ${item === null ? html`` : html`<th scope="col">Typicality of ${item.name}</th>`}</tr>
        </thead>
        <tbody>
          ${hierarchyRows(result, digits).map(
            (row) => html`
              <tr class=${chosen.includes(row.mode.index) ? "ms-selected" : ""}>
                <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(chosen.includes(row.mode.index))}
                  @click=${() => choose(row.mode.index)}>${row.name}</button></th>
                <td>${row.sigma}</td><td>${row.sigmaNull}</td><td>${row.share}</td><td>${row.place}</td><td>${row.purity}</td><td>${row.null}</td><td>${row.p}</td>
                ${item === null ? html`` : html`<td>${typicality(row.mode.index, row.mode.group.length === 1)}</td>`}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
