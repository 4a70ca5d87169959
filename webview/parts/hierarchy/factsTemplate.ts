import { html, nothing, type TemplateResult } from "lit";
import type { BasicLevel, ModeHierarchyResult, Structure } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { Measured, QuantityDefinition } from "../../../src/analysis/types.ts";
import { openCard } from "../../shell/card.ts";
import { formatNumber } from "../../shell/format.ts";
import { formatMeasured } from "../../shell/measured.ts";
import type { HierarchyNames } from "./hierarchyReadings.ts";

export interface FactsOptions {
  readonly result: ModeHierarchyResult;
  readonly digits: number;
  readonly names: HierarchyNames;
  quantity(field: string): QuantityDefinition | null;
}

type How = Measured["how"] | null;

/** A number that opens its card. */
function cardOf(
  { quantity }: FactsOptions,
  field: string,
  label: string,
  text: string,
  how: How = null,
): TemplateResult {
  const definition = quantity(field);
  const inside = html`<span class="ms-number-label">${label}</span><span class="ms-number-value">${text}</span>`;
  return definition === null
    ? html`<span class="ms-number-card">${inside}</span>`
    : html`<button class="ms-number-card" type="button" data-field=${field}
        @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text, how })}>${inside}</button>`;
}

export function numbersTemplate(options: FactsOptions): TemplateResult {
  const { result, digits } = options;
  const { copheneticCorrelation: r, relativeDelta: delta, leaves } = result;
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const p = formatNumber(result.copheneticP, 2).text;
  const own = leaves === null ? "" : `${formatNumber(leaves.sampleCophenetic, 3).text} in the sample; `;
  return html`
    ${cardOf(options, "copheneticCorrelation", "cophenetic correlation", formatMeasured(r, digits).text, r.how)}
    ${cardOf(options, "copheneticCorrelation", `95 % of ${result.draws} permutations`, `${own}≤ ${formatNumber(result.copheneticNull, digits).text}, p ${p}`, r.how)}
    ${cardOf(options, "relativeDelta", "four-point defect", `${delta.how.kind === "bound" ? "≥ " : ""}${formatNumber(delta.value, digits).text}`, delta.how)}
    ${
      leaves === null
        ? nothing
        : html`
          ${cardOf(options, "withinShare", `inside the ${leaves.count} ends`, share(leaves.withinShare))}
          ${cardOf(options, "modesShare", "in the leading modes", share(leaves.modesShare))}`
    }
    ${result.basicLevel === null ? nothing : basicLevelCard(options, result.basicLevel)}
  `;
}

function basicLevelCard(options: FactsOptions, { level, levels, p }: BasicLevel): TemplateResult {
  const list = levels.map((one) => `${one.level}: λ ${formatNumber(one.lambda, 3).text}`).join("; ");
  return cardOf(
    options,
    "basicLevel",
    `basic level (p of a deeper one ${formatNumber(p, 2).text})`,
    `${level}${level === 1 ? ", the first" : ""} – ${list}`,
  );
}

/** What many items as groups are: an estimate, and of what. */
export function summaryText({ items, leaves }: ModeHierarchyResult): string {
  if (leaves === null) return "";
  return `An estimate: ${items.toLocaleString("en")} items stand in ${leaves.count} groups of similar ones, which hide ${(100 * leaves.withinShare).toFixed(1)} % of their variance. Nulls and structures are measured on ${leaves.sample.length} items drawn at random.`;
}

const WORDS: Readonly<Record<Structure["kind"], string>> = {
  tree: "Tree",
  ring: "Ring",
  grid: "Grid",
  clusters: "Clusters",
};

/** Tree, ring, grid and clusters beside one another, each with its null; the one that is offered is marked. */
export function structuresTemplate(options: FactsOptions): TemplateResult {
  const { result, quantity, names } = options;
  if (result.structures.length === 0) return html``;
  const heading = (kind: Structure["kind"]) => {
    const definition = quantity(kind);
    return definition === null
      ? html`${WORDS[kind]}`
      : html`<button class="ms-value ms-value-heading" type="button" data-field=${kind} title=${`What is ${definition.label}?`}
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition)}>${WORDS[kind]}</button>`;
  };
  return html`
    <div class="ms-table-scroll">
      <table class="ms-mode-table ms-structures">
        <caption class="ms-quiet">What describes the similarities: adjusted R² of each structure, against ${result.draws} permutations.</caption>
        <thead><tr><th scope="col">Structure</th><th scope="col">R²</th><th scope="col">95 % of null</th><th scope="col">p</th><th scope="col">Where</th></tr></thead>
        <tbody>${result.structures.map(
          (one) => html`<tr class=${result.offered?.kind === one.kind ? "ms-offered" : ""}>
            <th scope="row">${heading(one.kind)}${result.offered?.kind === one.kind ? " ◂ offered" : ""}</th>
            ${
              Number.isNaN(one.fit)
                ? html`<td colspan="3">too few items</td>`
                : html`<td>${one.fit.toFixed(3)}</td><td>≤ ${one.fitNull.toFixed(3)}</td><td>${formatNumber(one.p, 2).text}</td>`
            }
            <td class="ms-structure-where">${whereText(one, result, names)}</td></tr>`,
        )}</tbody>
      </table>
    </div>`;
}

const MANY = 24;

function whereText({ placement }: Structure, { leaves }: ModeHierarchyResult, names: HierarchyNames): string {
  if (placement === null) return "";
  const name = (item: number) => names.item(leaves?.sample[item] ?? item);
  if (placement.kind === "ring") {
    const shown = Array.from(placement.order.subarray(0, MANY), name);
    return `round: ${shown.join(" – ")}${placement.order.length > MANY ? " …" : " – (back)"}`;
  }
  if (placement.kind === "grid")
    return `${placement.rows} × ${placement.columns}; first row: ${gridRow(placement, name)}`;
  return `${placement.count}, silhouette ${placement.silhouette.toFixed(2)}: ${clusterLists(placement, name)}`;
}

function gridRow(
  { row, column }: { readonly row: Int32Array; readonly column: Int32Array },
  name: (item: number) => string,
) {
  const first = Array.from(row.keys()).filter((item) => row[item] === 0);
  first.sort((a, b) => column[a]! - column[b]!);
  return first.slice(0, MANY).map(name).join(", ");
}

function clusterLists(
  { count, labels }: { readonly count: number; readonly labels: Int32Array },
  name: (item: number) => string,
) {
  const each = Math.max(2, Math.floor(MANY / count));
  return Array.from({ length: count }, (_, cluster) => {
    const members = Array.from(labels.keys()).filter((item) => labels[item] === cluster);
    const rest = members.length - each;
    return `${members.slice(0, each).map(name).join(", ")}${rest > 0 ? ` +${rest}` : ""}`;
  }).join(" | ");
}
