import { render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import { isRecord } from "../../../src/protocol/guards.ts";
import { make } from "../../charts/dom.ts";
import { type FileBanner, fileBanner } from "../../shell/fileBanner.ts";
import { refusalBox } from "../../shell/refusal.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { BEGIN, type ControlsOptions, controlsTemplate, type SignalFacts, type SignalState } from "./controls.ts";
import "../../charts/charts.css";
import "./signal.css";

const INPUT_FILES = [".npy", ".npz", ".csv", ".tsv"];

export interface SignalView<Result> extends Disposable {
  show(result: Result): void;
}

/** What a view may ask of its panel. */
export interface SignalTools {
  readonly host: PanelHost;
  readonly digits: number;
  readonly recorded: boolean;
  quantity(field: string): QuantityDefinition | null;
  state(): SignalState;
  /** Keeps a number of the panel's own, and asks the study again. */
  change(own: Readonly<Record<string, number>>): void;
  /** The code has another activation now, by its id. */
  choose(activation: string): void;
  /** Keeps it without asking. */
  keep(own: Readonly<Record<string, number>>): void;
  /** Asks the study with other parameters beside the panel's question. */
  ask(parameters: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown>;
}

export interface SignalKind<Result extends SignalFacts> {
  readonly id: string;
  readonly takesInputs: boolean;
  stage(result: Result): ControlsOptions["stage"];
  /** What a panel that a command gave something begins with. */
  begin?(given: Readonly<Record<string, unknown>>): Partial<SignalState>;
  view(parent: HTMLElement, tools: SignalTools): SignalView<Result>;
}

/** A panel over one study of signal propagation: controls, progress, refusals in words, and its view. */
export function signalPanel<Result extends SignalFacts>(kind: SignalKind<Result>): Pick<Panel, "mount"> {
  return { mount: (element, host) => new SignalPanel(kind, element, host) };
}

class SignalPanel<Result extends SignalFacts> implements Disposable {
  readonly #store = new DisposableStore();
  readonly #controls = make("div", "ms-signal-controls");
  readonly #status = make("div", "ms-signal-status");
  readonly #content = make("div", "ms-signal-content");
  readonly #banner: FileBanner;
  readonly #view: SignalView<Result>;
  #state: SignalState;
  #quantities: Readonly<Record<string, QuantityDefinition>> = {};
  #facts: Result | null = null;
  #abort = new AbortController();
  /** The activation that the code has, where the panel was opened from code. */
  #inCode: string | null;

  constructor(
    private readonly kind: SignalKind<Result>,
    element: HTMLElement,
    private readonly host: PanelHost,
  ) {
    const { begin } = host.context;
    const kept = host.state.get();
    const given = isRecord(begin) ? kind.begin?.(begin) : undefined;
    this.#inCode = given?.activation ?? null;
    this.#state = isRecord(kept) ? readState(kept) : { ...BEGIN, ...given };
    this.#status.setAttribute("role", "status");
    this.#banner = this.#store.add(
      fileBanner(
        host.peer,
        ({ uri }) => (this.#facts === null || this.#content.hidden ? null : (this.#named(uri)?.name ?? null)),
        () => void this.#ask(),
      ),
    );
    element.append(this.#banner.element, this.#controls, this.#status, this.#content);
    this.#view = kind.view(this.#content, {
      host,
      digits: host.context.settings.significantDigits,
      recorded: host.context.recorded === true,
      quantity: (field) => this.#quantities[field] ?? null,
      state: () => this.#state,
      change: (own) => this.#change({ own: { ...this.#state.own, ...own } }),
      choose: (activation) => {
        this.#inCode = activation;
        this.#change({ activation });
      },
      keep: (own) => this.#keep({ own: { ...this.#state.own, ...own } }),
      ask: (parameters, signal) => this.#once(parameters, signal),
    });
    this.#store.add(this.#view);
    this.#store.add(
      host.peer.on("checkpoint/changed", ({ uri }) => {
        // Nothing is shown that a second reading could take away: the file may be whole now.
        if (this.#content.hidden && this.#named(uri) !== undefined) void this.#ask();
      }),
    );
    void this.#ask();
  }

  dispose(): void {
    this.#abort.abort();
    this.#store.dispose();
  }

  /** The file of this panel that has the address. */
  #named(uri: string) {
    const { inputs } = this.#state;
    const known = this.host.context.files.find((file) => file.uri === uri);
    return known ?? (inputs?.uri === uri && this.kind.takesInputs ? inputs : undefined);
  }

  #question(parameters: Readonly<Record<string, unknown>>) {
    const { activation, stage, start, inputs, own } = this.#state;
    const [file] = this.host.context.files;
    const files = [
      ...(file === undefined ? [] : [{ role: "checkpoint", uri: file.uri }]),
      ...(inputs === null || !this.kind.takesInputs ? [] : [{ role: "inputs", uri: inputs.uri }]),
    ];
    return { study: this.kind.id, files, parameters: { activation, stage, start, ...own, ...parameters } };
  }

  async #once(parameters: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    let answer: unknown = null;
    const question = this.#question(parameters);
    // What does not depend on the network needs no file to be read again.
    const activation = this.#facts?.activation?.id ?? question.parameters.activation;
    await followStudy(
      this.host.peer,
      { ...question, files: [], parameters: { ...question.parameters, activation } },
      ({ result }) => {
        answer = result;
      },
      signal,
    );
    return answer;
  }

  async #ask(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#banner.clear();
    this.#say("Computing…", null);
    try {
      const info = await this.host.peer.request("engine/info", {}, signal);
      this.#quantities = info.studies.find(({ id }) => id === this.kind.id)?.quantities ?? {};
      await followStudy(
        this.host.peer,
        this.#question({}),
        ({ result, finished, fraction }) => {
          // The engine ran this very study.
          this.#facts = result as Result;
          this.#say(finished ? "" : "Computing…", fraction);
          this.#content.hidden = false;
          this.#view.show(this.#facts);
          this.#showControls();
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.#refuse(error);
    }
  }

  /** What cannot be shown is said in words, with the controls left in reach: another activation or file may do. */
  #refuse(error: unknown): void {
    this.#status.replaceChildren(refusalBox(error, "ms-signal-refusal", (uri) => this.#named(uri)?.name));
    this.#content.hidden = true;
    this.#showControls();
  }

  #say(text: string, fraction: number | null): void {
    this.#status.replaceChildren();
    if (text === "") return;
    const words = fraction === null || fraction === 0 ? text : `${text} ${Math.round(100 * fraction)} %`;
    this.#status.append(document.createElement("vscode-progress-ring"), make("span", "ms-quiet", words));
  }

  #keep(part: Partial<SignalState>): void {
    this.#state = { ...this.#state, ...part };
    this.host.state.set(this.#state);
  }

  #change(part: Partial<SignalState>): void {
    this.#keep(part);
    void this.#ask();
  }

  #showControls(): void {
    render(
      controlsTemplate({
        state: this.#state,
        facts: this.#facts,
        inCode: this.#inCode,
        stage: this.#facts === null ? null : this.kind.stage(this.#facts),
        recorded: this.host.context.recorded === true,
        takesInputs: this.kind.takesInputs,
        change: (part) => this.#change(part),
        chooseInputs: () => {
          this.host.peer
            .request("files/choose", { title: "Inputs", extensions: INPUT_FILES, many: false })
            .then(({ files: [inputs] }) => {
              if (inputs !== undefined) this.#change({ inputs });
            }, this.host.fail);
        },
      }),
      this.#controls,
    );
  }
}

/** What was kept, checked. */
function readState(kept: Readonly<Record<string, unknown>>): SignalState {
  const { activation, stage, start, inputs, own } = kept;
  const named = isRecord(inputs) && typeof inputs.uri === "string" && typeof inputs.name === "string";
  return {
    activation: typeof activation === "string" ? activation : null,
    stage: stage === "initial" || stage === "trained" ? stage : null,
    start: typeof start === "number" && start > 0 ? start : 1,
    inputs: named ? { uri: String(inputs.uri), name: String(inputs.name) } : null,
    own: isRecord(own)
      ? Object.fromEntries(
          Object.entries(own).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
        )
      : {},
  };
}
