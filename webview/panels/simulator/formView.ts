import { html, nothing, type TemplateResult } from "lit";
import type { NamedFile } from "../../../src/protocol/contract.ts";
import {
  EXAMPLES,
  type FieldWords,
  NETWORK_FIELDS,
  SEED_FIELD,
  type SimulatorForm,
  type TextField,
  TRAINING_FIELDS,
  TREE_FIELDS,
} from "./form.ts";

export interface FormState {
  readonly form: SimulatorForm;
  readonly table: NamedFile | null;
  /** What the study refused, with the field if it named one. */
  readonly problem: { readonly message: string; readonly field: string | null } | null;
  readonly busy: boolean;
  readonly canExport: boolean;
}

export interface FormActions {
  change(form: SimulatorForm): void;
  chooseTable(): void;
  train(): void;
  cancel(): void;
  exportSeries(): void;
}

export function formTemplate(state: FormState, actions: FormActions): TemplateResult {
  const { form, problem, busy } = state;
  const put = (part: Partial<SimulatorForm>) => actions.change({ ...form, ...part });
  const field = (words: FieldWords) => fieldTemplate(words, state, (texts) => put({ texts }));
  return html`
    <form
      class="ms-simulator-form"
      aria-label="What is learned, by which network"
      @submit=${(event: Event) => {
        event.preventDefault();
        actions.train();
      }}
    >
      <label class="ms-field ms-field-wide">
        <span>Begin with</span>
        <select
          class="ms-select"
          @change=${(event: Event) => {
            const select = event.currentTarget as HTMLSelectElement;
            const chosen = EXAMPLES.find(({ id }) => id === select.value);
            select.value = "";
            if (chosen !== undefined) actions.change(chosen.form);
          }}
        >
          <option value="">An example…</option>
          ${EXAMPLES.map(({ id, label }) => html`<option value=${id}>${label}</option>`)}
        </select>
      </label>
      <fieldset>
        <legend>World</legend>
        ${choice(
          "Learned from",
          [
            ["tree", "a tree of items"],
            ["table", "a table"],
          ],
          form.world,
          (world) => (world === "table" && state.table === null ? actions.chooseTable() : put({ world })),
        )}
        ${form.world === "table" ? tableRow(state, actions) : html`${TREE_FIELDS.map(field)}${propertiesChoice(form, put)}`}
        ${field(SEED_FIELD)}
      </fieldset>
      <fieldset>
        <legend>Network</legend>
        ${NETWORK_FIELDS.map(field)}
        ${choice(
          "First weights",
          [
            ["balanced", "balanced"],
            ["random", "random"],
          ],
          form.start,
          (start) => put({ start }),
        )}
        ${field({
          field: "scale",
          label: form.start === "balanced" ? "Strength u₀ of every mode" : "Standard deviation",
          title:
            form.start === "balanced"
              ? "Every mode begins at this strength; all layers are alike in it"
              : "Of the independent normal entries of every layer",
        })}
      </fieldset>
      <fieldset>
        <legend>Training</legend>
        ${TRAINING_FIELDS.map(field)}
      </fieldset>
      ${problem === null ? nothing : html`<p class="ms-simulator-problem" role="alert" id="ms-simulator-problem">${problem.message}</p>`}
      <div class="ms-simulator-buttons">
        <button class="ms-button" type="submit" ?disabled=${busy}>Train Network</button>
        ${busy ? html`<button class="ms-button ms-button-secondary" type="button" @click=${actions.cancel}>Stop</button>` : nothing}
        <button
          class="ms-button ms-button-secondary"
          type="button"
          ?disabled=${busy || !state.canExport}
          title="Train once more and write checkpoints and data.csv into a folder"
          @click=${actions.exportSeries}
        >
          Export as Series…
        </button>
      </div>
    </form>
  `;
}

function fieldTemplate(
  { field, label, title, automatic }: FieldWords,
  { form, problem }: FormState,
  put: (texts: SimulatorForm["texts"]) => void,
): TemplateResult {
  const wrong = problem?.field === field;
  return html`<label class="ms-field" title=${title}>
    <span>${label}</span>
    <input
      class="ms-input"
      type="text"
      inputmode="decimal"
      spellcheck="false"
      autocomplete="off"
      data-field=${field}
      .value=${form.texts[field]}
      placeholder=${automatic === true ? "automatic" : ""}
      aria-invalid=${wrong ? "true" : "false"}
      aria-describedby=${wrong ? "ms-simulator-problem" : nothing}
      @input=${(event: Event) => put(withText(form, field, (event.currentTarget as HTMLInputElement).value))}
    />
  </label>`;
}

function withText({ texts }: SimulatorForm, field: TextField, text: string): SimulatorForm["texts"] {
  return { ...texts, [field]: text };
}

function choice<Id extends string>(
  label: string,
  choices: readonly (readonly [Id, string])[],
  chosen: Id,
  onChoose: (id: Id) => void,
): TemplateResult {
  return html`<label class="ms-field">
    <span>${label}</span>
    <select
      class="ms-select"
      .value=${chosen}
      @change=${(event: Event) => {
        const select = event.currentTarget as HTMLSelectElement;
        const found = choices.find(([id]) => id === select.value);
        // What is chosen shows once it holds: a question may be dismissed.
        select.value = chosen;
        if (found !== undefined) onChoose(found[0]);
      }}
    >
      ${choices.map(([id, words]) => html`<option value=${id} ?selected=${id === chosen}>${words}</option>`)}
    </select>
  </label>`;
}

function propertiesChoice(form: SimulatorForm, put: (part: Partial<SimulatorForm>) => void): TemplateResult {
  return choice(
    "Properties are",
    [
      ["sampled", "drawn at random"],
      ["limit", "the limit N → ∞"],
    ],
    form.properties,
    (properties) => put({ properties }),
  );
}

function tableRow({ table }: FormState, { chooseTable }: FormActions): TemplateResult {
  return html`<div class="ms-field">
    <span class="ms-simulator-file" title=${table?.uri ?? ""}>${table?.name ?? "no table"}</span>
    <button class="ms-link" type="button" @click=${chooseTable}>Choose…</button>
  </div>`;
}
