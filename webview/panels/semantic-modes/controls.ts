import { html, nothing } from "lit";
import { imageOfText } from "../../../src/base/imageShape.ts";
import type { FoundLabels } from "../../../src/protocol/contract.ts";
import type { SemanticModesResult } from "../../../src/studies/semantic-modes/types.ts";
import { segments } from "../../charts/dom.ts";
import { type ChosenFile, type ModesState, ROLES, type Role } from "./state.ts";

export interface ControlsOptions {
  readonly state: ModesState;
  readonly result: SemanticModesResult | null;
  readonly found: FoundLabels | null;
  /** Answers are recorded: only what needs no computing is offered. */
  readonly recorded: boolean;
  change(part: Partial<ModesState>): void;
  chooseFile(role: Role): void;
  chooseNames(): void;
}

const WORDS: Readonly<Record<Role, { readonly title: string; readonly hint: string }>> = {
  properties: {
    title: "Table",
    hint: "Items × properties that were taught: which of the data's modes has the network learned?",
  },
  network: { title: "Network", hint: "A checkpoint of a linear chain: how strong is each mode in its map?" },
  inputs: { title: "Inputs", hint: "Items × inputs, where inputs are not one-hot" },
  answers: { title: "Answers", hint: "Items × outputs: what a network that is no linear chain answers to each item" },
};

export function controlsTemplate(options: ControlsOptions) {
  const { state, result, recorded, change } = options;
  const table = result === null || result.subject.kind === "correlation";
  return html`
    ${recorded ? nothing : filesTemplate(options)}
    ${recorded || table || result === null ? nothing : matrixTemplate(result, state, change)}
    ${recorded ? nothing : choicesTemplate(options, table)}
    ${namesTemplate(options)}
    ${result === null ? nothing : pictureTemplate("Inputs as picture", result.columns, state.columnPicture, (columnPicture) => change({ columnPicture }))}
    ${result === null ? nothing : pictureTemplate("Outputs as picture", result.rows, state.rowPicture, (rowPicture) => change({ rowPicture }))}`;
}

/** The whole chain, or one matrix of the network by itself. */
function matrixTemplate(
  { matrices }: SemanticModesResult,
  { tensor }: ModesState,
  change: (part: Partial<ModesState>) => void,
) {
  if (matrices.length < 2) return nothing;
  const take = (event: Event) => change({ tensor: (event.target as HTMLSelectElement).value || null, mode: null });
  return html`<label class="ms-selector"><span>Matrix</span>
    <select class="ms-select ms-matrix" @change=${take}>
      <option value="" ?selected=${tensor === null}>Chain of all</option>
      ${matrices.map((name) => html`<option value=${name} ?selected=${tensor === name}>${name}</option>`)}
    </select></label>`;
}

function choicesTemplate({ state, change }: ControlsOptions, table: boolean) {
  const sides = table
    ? [
        { id: "rows" as const, label: "Items: rows" },
        { id: "columns" as const, label: "Items: columns" },
      ]
    : [
        { id: "columns" as const, label: "Items: inputs" },
        { id: "rows" as const, label: "Items: outputs" },
      ];
  const conventions = [
    { id: "sum" as const, label: "Sum YXᵀ" },
    { id: "mean" as const, label: "Mean YXᵀ/P" },
  ];
  const geometries = [
    { id: "hidden" as const, label: "Hidden √σ·v" },
    { id: "behaviour" as const, label: "Behaviour σ·v" },
  ];
  const centre = (event: Event) => change({ centre: (event.target as HTMLInputElement).checked });
  return html`
    ${segments("Items", sides, state.items ?? (table ? "rows" : "columns"), (items) => change({ items }))}
    ${
      table
        ? html`${segments("Convention", conventions, state.convention, (convention) => change({ convention }))}
          <label class="ms-selector" title="Subtract each property's mean over the items. That deletes the mode that all items share.">
            <input type="checkbox" .checked=${state.centre} @change=${centre}><span>Centre properties</span></label>`
        : nothing
    }
    ${segments("Geometry of the tree", geometries, state.geometry, (geometry) => change({ geometry }))}`;
}

function filesTemplate({ state, result, change, chooseFile }: ControlsOptions) {
  const table = result === null || result.subject.kind === "correlation";
  const offered = ROLES.filter((role) => (role === "properties" ? !table : role === "network" ? table : table));
  const without = (file: ChosenFile) => () => change({ files: state.files.filter((other) => other !== file) });
  return html`<div class="ms-modes-files" role="group" aria-label="Files looked at together">
    ${state.files.map(
      (file) => html`<span class="ms-file-chip" title=${WORDS[file.role].hint}>${WORDS[file.role].title}: ${file.name}
        <button class="ms-link" type="button" aria-label=${`Leave out ${file.name}`} @click=${without(file)}>×</button></span>`,
    )}
    ${offered
      .filter((role) => !state.files.some((file) => file.role === role))
      .map(
        (role) =>
          html`<button class="ms-link" type="button" title=${WORDS[role].hint} @click=${() => chooseFile(role)}>+ ${WORDS[role].title}…</button>`,
      )}
  </div>`;
}

function namesTemplate({ result, found, recorded, chooseNames }: ControlsOptions) {
  const numbers = found?.numbersOnly === true;
  const own = numbers ? null : (result?.labels.from ?? null);
  const used = result === null || result.labels.rows === null || result.labels.columns === null;
  const file = used ? (found?.source ?? null) : null;
  const problem = found?.problem == null ? "" : ` (${found.problem})`;
  const from = [own, file === null ? null : `${file}${problem}`].filter((one) => one !== null).join("; ");
  return html`<span class="ms-quiet">Names: ${numbers ? "unit numbers" : from === "" ? "none found" : `from ${from}`}
    ${recorded ? nothing : html`<button class="ms-link" type="button" @click=${chooseNames}>Choose…</button>`}</span>`;
}

/** Only where the length could be a picture of at least 4 × 4. */
function pictureTemplate(label: string, length: number, chosen: string, choose: (text: string) => void) {
  if (length < 16) return nothing;
  const take = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const text = input.value.trim();
    const fits = text === "" || text === "none" || imageOfText(text, length) !== null;
    input.setCustomValidity(
      fits ? "" : `No picture of ${length} pixels: write it as 28x28, 3x32x32 or 32x32x3, or none.`,
    );
    input.reportValidity();
    if (fits) choose(text);
  };
  return html`<label class="ms-selector" title="28x28, 3x32x32, 32x32x3, or none; empty: as found">
    <span>${label}</span><input class="ms-picture-shape" type="text" size="8" .value=${chosen} placeholder="as found" @change=${take}></label>`;
}
