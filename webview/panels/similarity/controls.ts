import { html, nothing } from "lit";
import {
  type ChosenFile,
  COMPARISONS,
  DISTANCES,
  MEASURES,
  POOLINGS,
  ROLES,
  type Role,
  SCALINGS,
  SHOWN,
  type SimilarityState,
} from "./state.ts";

export interface ControlsOptions {
  readonly state: SimilarityState;
  /** Answers are recorded: nothing can be asked anew. */
  readonly recorded: boolean;
  change(part: Partial<SimilarityState>): void;
  add(role: Role): void;
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  activations: "activations",
  recording: "recording",
  model: "model, run on the stimuli",
  stimuli: "stimuli: pictures, texts, inputs",
};

export function controlsTemplate({ state, recorded, change, add }: ControlsOptions) {
  if (recorded) return nothing;
  const rsa = state.measure === "rsa";
  return html`
    <div class="ms-sim-files" role="group" aria-label="Files that are compared">
      ${state.files.map((file) => fileTemplate(file, state, change))}
      <button class="ms-link" type="button" @click=${() => add("activations")}>+ Activations or Model…</button>
      <button class="ms-link" type="button" @click=${() => add("recording")}>+ Recording…</button>
      ${
        state.files.some(({ role }) => role === "stimuli")
          ? nothing
          : html`<button class="ms-link" type="button" @click=${() => add("stimuli")}>+ Stimuli…</button>`
      }
    </div>
    <div class="ms-sim-choices">
      ${select("Measure", "measure", MEASURES, state.measure, (measure) => change({ measure }))}
      ${select("Distance of items", "distance", DISTANCES, state.distance, (distance) => change({ distance }))}
      ${rsa ? select("Comparison", "comparison", COMPARISONS, state.comparison, (comparison) => change({ comparison })) : nothing}
      ${select("Dimensions", "scaling", SCALINGS, state.scaling, (scaling) => change({ scaling }))}
      ${select("Positions", "pooling", POOLINGS, state.pooling, (pooling) => change({ pooling }))}
      ${select(
        "Items shown",
        "shown",
        SHOWN.map((count) => [String(count), `at most ${count}`] as const),
        String(state.shownItems),
        (count) => change({ shownItems: Number(count) }),
      )}
      <label class="ms-selector" title="Patterns such as *attn* or block.?.out; empty: every tensor with the common number of items">
        <span>Layers</span>
        <input class="ms-sim-pattern" type="text" size="14" placeholder="all" .value=${state.layers}
          @change=${(event: Event) => change({ layers: (event.target as HTMLInputElement).value.trim() })}></label>
    </div>`;
}

function fileTemplate(file: ChosenFile, { files }: SimilarityState, change: ControlsOptions["change"]) {
  const others = files.filter((other) => other !== file);
  const as = (role: Role) =>
    change({
      files: files.map((other) =>
        other === file
          ? { ...file, role }
          : role === "stimuli" && other.role === role
            ? { ...other, role: "activations" as const }
            : other,
      ),
    });
  return html`<span class="ms-sim-chip">
    <span class="ms-sim-name" title=${file.uri}>${file.name}</span>
    <select class="ms-select" aria-label=${`What ${file.name} holds`} .value=${file.role}
      @change=${(event: Event) => as(ROLES.find((role) => role === (event.target as HTMLSelectElement).value) ?? file.role)}>
      ${ROLES.map((role) => html`<option value=${role} ?selected=${role === file.role}>${ROLE_WORDS[role]}</option>`)}
    </select>
    ${
      files.length > 1
        ? html`<button class="ms-icon-button" type="button" aria-label=${`Leave out ${file.name}`} title="Leave out" @click=${() => change({ files: others })}>
            <span class="codicon codicon-close" aria-hidden="true"></span></button>`
        : nothing
    }</span>`;
}

function select(
  label: string,
  id: string,
  choices: readonly (readonly [string, string] | string)[],
  chosen: string,
  choose: (value: string) => void,
) {
  const pairs = choices.map((one) => (typeof one === "string" ? ([one, one] as const) : one));
  return html`<label class="ms-selector"><span>${label}</span>
    <select class="ms-select" data-choice=${id} .value=${chosen} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${pairs.map(([value, words]) => html`<option value=${value} ?selected=${value === chosen}>${words}</option>`)}
    </select></label>`;
}
