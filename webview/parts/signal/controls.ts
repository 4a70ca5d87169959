import { html, nothing } from "lit";
import type { NamedFile } from "../../../src/protocol/contract.ts";

/** What the controls show of an answer: every study of signal propagation has it. */
export interface SignalFacts {
  readonly activation: {
    readonly id: string;
    readonly name: string;
    readonly formula: string;
    readonly evidence: string;
    readonly assumed: boolean;
    /** Null: the network has its own, in its graph. */
  } | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly start: number;
}

export interface SignalState {
  /** Null: as the file says, or assumed. */
  readonly activation: string | null;
  readonly stage: "initial" | "trained" | null;
  readonly start: number;
  readonly inputs: NamedFile | null;
  /** Numbers of the panel's own. */
  readonly own: Readonly<Record<string, number>>;
}

export const BEGIN: SignalState = { activation: null, stage: null, start: 1, inputs: null, own: {} };

export interface ControlsOptions {
  readonly state: SignalState;
  readonly facts: SignalFacts | null;
  /** Id of the activation that the code has; null where there is no code. */
  readonly inCode: string | null;
  /** "by its name"; null where there is no network. */
  readonly stage: { readonly stage: string; readonly evidence: string } | null;
  readonly recorded: boolean;
  /** Whether the study takes a file of inputs. */
  readonly takesInputs: boolean;
  change(part: Partial<SignalState>): void;
  chooseInputs(): void;
}

const STAGES = [
  { id: "initial", label: "as initialized" },
  { id: "trained", label: "trained" },
] as const;

export function controlsTemplate({
  state,
  facts,
  inCode,
  stage,
  recorded,
  takesInputs,
  change,
  chooseInputs,
}: ControlsOptions) {
  if (facts === null) return nothing;
  const { activation, choices } = facts;
  const known = choices.some(({ id }) => id === activation?.id);
  const pick = (event: Event) => change({ activation: (event.target as HTMLSelectElement).value });
  const pickStage = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    change({ stage: STAGES.find(({ id }) => id === value)?.id ?? null });
  };
  return html`
    ${
      activation === null
        ? nothing
        : html`<label class="ms-selector"><span>Activation</span>
      <select @change=${pick} ?disabled=${recorded}>
        ${known ? nothing : html`<option value=${activation.id} selected>${activation.name}</option>`}
        ${choices.map(({ id, name }) => html`<option value=${id} ?selected=${id === activation.id}>${name}</option>`)}
      </select></label>
    <span class=${activation.assumed ? "ms-assumed" : "ms-quiet"}>φ(x) = ${activation.formula} (${activation.id === inCode ? "in the code" : activation.evidence})</span>`
    }
    ${
      stage === null
        ? nothing
        : html`<label class="ms-selector" title=${`Its file: ${stage.evidence}`}><span>Weights</span>
            <select @change=${pickStage} ?disabled=${recorded}>
              ${stage.stage === "unknown" ? html`<option value="" selected>as drawn or trained?</option>` : nothing}
              ${STAGES.map(({ id, label }) => html`<option value=${id} ?selected=${id === stage.stage}>${label}</option>`)}
            </select></label>
          <span class="ms-quiet">(${stage.evidence})</span>`
    }
    ${state.inputs === null ? startTemplate(facts.start, recorded, change) : nothing}
    ${takesInputs && !recorded ? inputsTemplate(state, change, chooseInputs) : nothing}`;
}

function startTemplate(start: number, recorded: boolean, change: ControlsOptions["change"]) {
  const take = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const value = Number(input.value);
    if (value >= 1e-12 && value <= 1e9) change({ start: value });
    else input.value = String(start);
  };
  return html`<label class="ms-selector" title="Mean square of the input's entries: 1 where inputs are standardized"><span>Input q⁰</span>
    <input class="ms-number-field" type="number" min="0" step="any" .value=${String(Number(start.toPrecision(6)))} ?disabled=${recorded} @change=${take}></label>`;
}

function inputsTemplate({ inputs }: SignalState, change: ControlsOptions["change"], choose: () => void) {
  return inputs === null
    ? html`<button class="ms-link" type="button" title="A table or array with one input a row, as many features as the first layer takes" @click=${choose}>+ Inputs from a file…</button>`
    : html`<span class="ms-file-chip">Inputs: ${inputs.name}
        <button class="ms-link" type="button" aria-label=${`Leave out ${inputs.name}`} @click=${() => change({ inputs: null })}>×</button></span>`;
}
