import { html, nothing, render } from "lit";
import { counted } from "../../../src/base/counted.ts";
import { make } from "../../charts/dom.ts";
import { formatNumber } from "../../shell/format.ts";
import type { Part, PartContext } from "./part.ts";
import { orderSentence, stepText } from "./readings.ts";
import type { SessionView } from "./session.ts";
import type { ViewState, Words } from "./viewState.ts";

export interface HeaderActions {
  chooseTable(): void;
  chooseInputs(): void;
  useTable(uri: string | null): void;
  dropInputs(): void;
  setWord(field: keyof Words, value: string): void;
  setStep(uri: string, text: string): void;
  setWithout(uri: string, without: boolean): void;
  cancel(): void;
  compute(): void;
}

/** What the run is, how it was trained, and what of that a person corrects. */
export function headerPart(parent: HTMLElement, title: string, context: PartContext, actions: HeaderActions): Part {
  const root = make("header", "ms-dynamics-header");
  const progress = make("div", "ms-dynamics-progress");
  progress.setAttribute("role", "status");
  const facts = make("div");
  root.append(make("h1", "", title), progress, facts);
  parent.append(root);
  return {
    update(view) {
      render(progressTemplate(view, actions), progress);
      render(factsTemplate(view, context, actions), facts);
    },
    dispose: () => root.remove(),
  };
}

function progressTemplate({ state, fraction, result, error, members }: SessionView, actions: HeaderActions) {
  const again = (text: string) =>
    html`<vscode-button appearance="secondary" @click=${actions.compute}>${text}</vscode-button>`;
  if (state === "running") {
    const what =
      result === null
        ? "Reading checkpoints"
        : result.matrices.length < result.matrixCount
          ? "Following weight matrices"
          : "Computing";
    return html`<vscode-progress-ring></vscode-progress-ring><span>${what}…</span> <span aria-live="off">${Math.round(100 * fraction)} %</span>
      <vscode-button appearance="secondary" @click=${actions.cancel}>Cancel</vscode-button>`;
  }
  if (state === "cancelled")
    return html`<span class="ms-quiet">Cancelled${result === null ? "" : ": what was found until then is shown"}.</span>${again("Compute")}`;
  if (state === "failed" && error !== null)
    return html`<div class="ms-section-error" role="alert"><strong>${error.message}</strong>
      ${error.details.remedy === undefined ? nothing : html`<p>${error.details.remedy}</p>`}${again("Retry")}</div>`;
  if (state === "too-few")
    return html`<p>${members.length} ${members.length === 1 ? "checkpoint was" : "checkpoints were"} found here; a course needs three or more of one run, whose names
      differ in a number (step-0000, step-0100, …), or that are selected together in the explorer.</p>`;
  return nothing;
}

function factsTemplate(view: SessionView, context: PartContext, actions: HeaderActions) {
  const { result } = view;
  const state = context.state();
  return html`
    ${result === null ? nothing : html`<p>${orderSentence(result)} ${result.order.note ?? ""}</p>`}
    ${
      result === null || result.refused.length === 0
        ? nothing
        : html`<div class="ms-remark" role="note"><p>Refused, as ${result.refused.length === 1 ? "it is" : "they are"} none of this run:</p>
            <ul>${result.refused.map(({ name, reason }) => html`<li><b>${name}</b>: ${reason}</li>`)}</ul></div>`
    }
    ${context.recorded ? recordedTemplate(view) : html`${tableTemplate(view, actions)}${trainingTemplate(view, state, actions)}${checkpointsTemplate(view, state, actions)}`}
  `;
}

/** In a page there is nothing to correct: what counted is said. */
function recordedTemplate({ result }: SessionView) {
  const evidence = result?.training.evidence ?? [];
  return evidence.map((line) => html`<p class="ms-quiet">Recorded: ${line}</p>`);
}

function tableTemplate({ table, tables, inputs }: SessionView, actions: HeaderActions) {
  return html`
    <div class="ms-chart-bar">
      <label>Taught table
        <select class="ms-select" data-control="table" @change=${(event: Event) => actions.useTable((event.currentTarget as HTMLSelectElement).value || null)}>
          <option value="" ?selected=${table === null}>none: weights alone</option>
          ${tables.map((one) => html`<option value=${one.uri} ?selected=${one.uri === table?.uri}>${one.name}</option>`)}
        </select></label>
      <button class="ms-link" type="button" @click=${actions.chooseTable}>Choose…</button>
      ${
        table === null
          ? nothing
          : inputs === null
            ? html`<span class="ms-quiet">Items one-hot.</span><button class="ms-link" type="button" @click=${actions.chooseInputs}>Give their inputs…</button>`
            : html`<span>Inputs ${inputs.name}</span><button class="ms-link" type="button" @click=${actions.dropInputs}>Items are one-hot</button>`
      }
    </div>
  `;
}

type Choices = readonly (readonly [id: string, text: string])[];

const OPTIMIZERS: Choices = [
  ["gradient-descent", "gradient descent"],
  ["adaptive", "Adam or alike"],
  ["unknown", "not known"],
];
const LOSSES: Choices = [
  ["half-sum", "½ sum of squares"],
  ["sum", "sum of squares"],
  ["mean", "mean of squares"],
  ["cross-entropy", "cross-entropy"],
];

const wordOf = (choices: Choices, id: string | undefined) => choices.find(([one]) => one === id)?.[1] ?? "not known";

function trainingTemplate({ result, table }: SessionView, { words }: ViewState, actions: HeaderActions) {
  const training = result?.training;
  const value = (event: Event) => (event.currentTarget as HTMLInputElement | HTMLSelectElement).value;
  const field = (
    name: keyof Words,
    label: string,
    placeholder: string,
    title: string,
  ) => html`<label title=${title}>${label}
    <input class="ms-select ms-word" data-word=${name} type="text" .value=${words[name]} placeholder=${placeholder}
      @change=${(event: Event) => actions.setWord(name, value(event))}></label>`;
  const choice = (name: keyof Words, label: string, choices: Choices, recorded: string) => html`<label>${label}
    <select class="ms-select" data-word=${name} @change=${(event: Event) => actions.setWord(name, value(event))}>
      <option value="" ?selected=${words[name] === ""}>${recorded}</option>
      ${choices.map(([id, text]) => html`<option value=${id} ?selected=${words[name] === id}>${text}</option>`)}
    </select></label>`;
  const recorded = (what: string) => (training?.evidence ?? []).some((line) => line.startsWith(`${what} `));
  const rates =
    training?.schedule?.map(({ rate }) => formatNumber(Number(rate.toPrecision(4))).text).join(" → ") ?? "not recorded";
  return html`
    <details class="ms-disclosure" ?open=${table !== null}>
      <summary>How it was trained${training === undefined || training.evidence.length === 0 ? "" : `: ${training.evidence.length === 1 ? "1 recorded fact" : `${training.evidence.length} recorded facts`}`}</summary>
      ${(training?.evidence ?? []).map((line) => html`<p class="ms-quiet">Recorded: ${line}</p>`)}
      <div class="ms-words">
        ${choice("optimizer", "Optimizer", OPTIMIZERS, recorded("optimizer") ? `as recorded: ${wordOf(OPTIMIZERS, training?.optimizer)}` : "not recorded")}
        ${choice("loss", "Loss", LOSSES, recorded("loss") ? `as recorded: ${wordOf(LOSSES, training?.loss)}` : "not recorded: ½ sum of squares assumed")}
        ${field("rate", "Learning rate", rates, "One number, or steps and rates: 0:0.1,5000:0.01")}
        ${field("momentum", "Momentum", formatNumber(training?.momentum ?? 0).text, "From 0 to below 1")}
        ${field("weightDecay", "Weight decay", formatNumber(training?.weightDecay ?? 0).text, "As the optimizer counts it")}
        ${table === null ? nothing : field("noise", "Noise of the table", "estimated", "Standard deviation of its entries' noise, for optimal stopping")}
        ${table === null ? nothing : field("layer", "Hidden layer", "1", "Number of weight matrices below it")}
      </div>
    </details>
  `;
}

function checkpointsTemplate({ members, result }: SessionView, { given, without }: ViewState, actions: HeaderActions) {
  if (members.length === 0) return nothing;
  const steps = new Map(result?.checkpoints.map(({ uri, step, rate }) => [uri, { step, rate }]));
  const refused = new Map(result?.refused.map(({ uri, reason }) => [uri, reason]));
  const listed = [...members].sort(
    (a, b) =>
      (steps.get(a.uri)?.step ?? Number.POSITIVE_INFINITY) - (steps.get(b.uri)?.step ?? Number.POSITIVE_INFINITY),
  );
  return html`
    <details class="ms-disclosure">
      <summary>${counted(members.length, "checkpoint")}: order and steps</summary>
      <div class="ms-table-scroll" tabindex="0" role="region" aria-label="Checkpoints in order">
        <table class="ms-null-table ms-dynamics-table">
          <thead><tr><th scope="col">Use</th><th scope="col">Checkpoint</th><th scope="col">Step</th><th scope="col">Correct it</th><th scope="col">Recorded rate</th><th scope="col"></th></tr></thead>
          <tbody>${listed.map(({ uri, name }) => {
            const found = steps.get(uri);
            return html`<tr>
              <td><input type="checkbox" aria-label=${`Use ${name}`} .checked=${!without.includes(uri)}
                @change=${(event: Event) => actions.setWithout(uri, !(event.currentTarget as HTMLInputElement).checked)}></td>
              <th scope="row">${name}</th>
              <td>${found === undefined ? "–" : stepText(found.step)}</td>
              <td><input class="ms-select ms-word" type="text" inputmode="decimal" aria-label=${`Step of ${name}`} .value=${given[uri] === undefined ? "" : String(given[uri])}
                @change=${(event: Event) => actions.setStep(uri, (event.currentTarget as HTMLInputElement).value)}></td>
              <td>${found?.rate == null ? "" : formatNumber(Number(found.rate.toPrecision(4))).text}</td>
              <td class="ms-explanation">${refused.get(uri) ?? ""}</td>
            </tr>`;
          })}</tbody>
        </table>
      </div>
      <p class="ms-quiet">A corrected order needs a step for every checkpoint that is used.</p>
    </details>
  `;
}
