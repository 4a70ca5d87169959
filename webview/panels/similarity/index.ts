import { render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { EngineMethods, FoundLabels } from "../../../src/protocol/contract.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { SimilarityResult } from "../../../src/studies/similarity/types.ts";
import { make } from "../../charts/dom.ts";
import type { SaveFile } from "../../charts/scenePicture.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { controlsTemplate } from "./controls.ts";
import { parametersOf, type Role, readState, type SimilarityState } from "./state.ts";
import { type SimilarityView, similarityView } from "./view.ts";
import "../../charts/charts.css";
import "./similarity.css";

const STUDY = "similarity";
const FILES = ["npz", "npy", "safetensors", "h5", "hdf5", "nwb", "mat", "csv", "tsv", "pt"];
type Info = EngineMethods["engine/info"]["result"];

/** How alike the representations in several files are: every two layers, their dissimilarities, a map of them, recordings beside them. */
export const similarityPanel: Panel = {
  id: "similarity",
  title: PANEL_TITLES.similarity,
  mount: (element, host) => new SimilarityPanel(element, host),
};

class SimilarityPanel implements Disposable {
  readonly #store = new DisposableStore();
  readonly #controls = make("div", "ms-sim-controls");
  readonly #status = make("div", "ms-sim-status");
  readonly #content = make("div", "ms-sim-content");
  #state: SimilarityState;
  #view: SimilarityView | null = null;
  #abort = new AbortController();
  #info: Info | null = null;
  #found: FoundLabels | null = null;

  constructor(
    element: HTMLElement,
    private readonly host: PanelHost,
  ) {
    this.#state = readState(host.state.get(), host.context);
    this.#status.setAttribute("role", "status");
    element.append(this.#controls, this.#status, this.#content);
    this.#store.add(
      host.peer.on("checkpoint/changed", ({ uri }) => {
        if (this.#state.files.some((file) => file.uri === uri)) void this.#ask();
      }),
    );
    void this.#ask();
  }

  dispose(): void {
    this.#abort.abort();
    this.#view?.dispose();
    this.#store.dispose();
  }

  async #ask(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { peer } = this.host;
    this.#say("Reading…", null);
    this.#showControls();
    try {
      [this.#info, this.#found] = await Promise.all([
        this.#info ?? peer.request("engine/info", {}, signal),
        this.#found ?? peer.request("labels/find", {}, signal),
      ]);
      const files = this.#state.files.map(({ role, uri }) => ({ role, uri }));
      const parameters = { ...parametersOf(this.#state), nameLists: this.#found.lists };
      await followStudy(
        peer,
        { study: STUDY, files, parameters },
        ({ result, finished, fraction }) => {
          const known = result as SimilarityResult;
          this.#say(finished ? "" : `${STAGES[known.stage] ?? "Computing"}…`, fraction);
          this.#show(known);
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.#refuse(error);
    }
  }

  /** Said beside the controls, so that what does not fit can be changed. */
  #refuse(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const remedy = Reflect.get(Object(Reflect.get(Object(error), "details")), "remedy");
    const said = make("p", "ms-degenerate", typeof remedy === "string" ? `${text} ${remedy}` : text);
    this.#status.replaceChildren(said);
    this.#view?.dispose();
    this.#view = null;
    this.#showControls();
  }

  #say(text: string, fraction: number | null): void {
    this.#status.replaceChildren();
    if (text === "") return;
    const shown = make("span", "ms-quiet", fraction === null ? text : `${text} ${Math.round(100 * fraction)} %`);
    const cancel = make("button", "ms-link", "Cancel");
    cancel.type = "button";
    cancel.addEventListener("click", () => {
      this.#abort.abort();
      const again = make("button", "ms-link", "Go on");
      again.type = "button";
      again.addEventListener("click", () => void this.#ask());
      this.#status.replaceChildren(
        make("span", "ms-quiet", "Cancelled: what is shown is what was known by then."),
        again,
      );
    });
    this.#status.append(document.createElement("vscode-progress-ring"), shown, cancel);
  }

  #change(part: Partial<SimilarityState>): void {
    this.#state = { ...this.#state, ...part };
    this.host.state.set(this.#state);
    if (!("chosen" in part)) void this.#ask();
  }

  async #add(role: Role): Promise<void> {
    const title = { activations: "Activations", recording: "Recording", stimuli: "Pictures of the Items" }[role];
    const { files } = await this.host.peer.request("files/choose", {
      title,
      extensions: FILES,
      many: role !== "stimuli",
    });
    const known = new Set(this.#state.files.map(({ uri }) => uri));
    const added = files.filter(({ uri }) => !known.has(uri)).map((file) => ({ ...file, role }));
    if (added.length > 0) this.#change({ files: [...this.#state.files, ...added] });
  }

  #showControls(): void {
    const { context, fail } = this.host;
    render(
      controlsTemplate({
        state: this.#state,
        recorded: context.recorded === true,
        change: (part) => this.#change(part),
        add: (role) => void this.#add(role).catch(fail),
      }),
      this.#controls,
    );
  }

  #show(result: SimilarityResult): void {
    const quantities: Readonly<Record<string, QuantityDefinition>> =
      this.#info?.studies.find(({ id }) => id === STUDY)?.quantities ?? {};
    const { peer, theme, context } = this.host;
    const save: SaveFile = (suggestedName, content) => {
      const params =
        "text" in content ? { suggestedName, text: content.text } : { suggestedName, text: "", base64: content.base64 };
      peer.request("file/save", params).catch((error) => this.host.fail(error));
    };
    this.#view ??= similarityView(this.#content, {
      theme,
      save,
      digits: context.settings.significantDigits,
      quantity: (field) => quantities[field] ?? null,
      chosen: this.#state.chosen,
      onChosen: (chosen) => this.#change({ chosen }),
    });
    this.#view.show(result);
  }
}

const STAGES: Readonly<Record<string, string>> = {
  values: "Comparing every two layers",
  permutations: "Shuffling items",
  intervals: "Resampling items",
};
