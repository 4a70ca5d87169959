import { render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { EngineMethods, FoundLabels } from "../../../src/protocol/contract.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { ItemHierarchy, LayerPlace, SimilarityResult } from "../../../src/studies/similarity/types.ts";
import { make } from "../../charts/dom.ts";
import type { SaveFile } from "../../charts/scenePicture.ts";
import { fileBanner } from "../../shell/fileBanner.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { controlsTemplate } from "./controls.ts";
import { likelyRole, parametersOf, type Role, readState, SHOWN, type SimilarityState } from "./state.ts";
import { type SimilarityView, similarityView } from "./view.ts";
import "../../charts/charts.css";
import "./similarity.css";

const STUDY = "similarity";
const FILES = [".npz", ".npy", ".safetensors", ".h5", ".hdf5", ".nwb", ".mat", ".csv", ".tsv", ".pt"];
const TEXTS = [".txt", ".json"];
const MODELS = [".onnx"];
const TITLES: Readonly<Record<Role, string>> = {
  activations: "Activations or Models",
  model: "Models",
  recording: "Recording",
  stimuli: "Stimuli: Pictures, Texts or Inputs",
};
/** Choices of the items' pictures: nothing is compared anew for them. */
const OF_ITEMS: ReadonlySet<string> = new Set(["chosen", "order", "representation"]);
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
  #itemsAbort = new AbortController();
  #result: SimilarityResult | null = null;
  /** The pictures of more items than the comparison brings; null where they are not asked for, or not there yet. */
  #items: SimilarityResult | null = null;
  #info: Info | null = null;
  #found: FoundLabels | null = null;

  constructor(
    element: HTMLElement,
    private readonly host: PanelHost,
  ) {
    this.#state = readState(host.state.get(), host.context);
    this.#status.setAttribute("role", "status");
    const banner = this.#store.add(
      fileBanner(
        host.peer,
        ({ uri }) => this.#state.files.find((file) => file.uri === uri)?.name ?? null,
        () => void this.#ask(),
      ),
    );
    element.append(banner.element, this.#controls, this.#status, this.#content);
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
    this.#showControls();
    if (this.#wantsStimuli()) return;
    this.#say("Reading…", null);
    try {
      [this.#info, this.#found] = await Promise.all([
        this.#info ?? peer.request("engine/info", {}, signal),
        this.#found ?? peer.request("labels/find", {}, signal),
      ]);
      const files = this.#state.files.map(({ role, uri }) => ({ role, uri }));
      void this.#askItems(signal);
      // As many items as can be sent at every step; more are asked for by themselves.
      const parameters = { ...parametersOf(this.#state), nameLists: this.#found.lists, shownItems: SHOWN[0] };
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

  /** The pictures of many items, which nothing has to be compared for. */
  async #askItems(signal: AbortSignal): Promise<void> {
    this.#items = null;
    if (this.#state.shownItems === SHOWN[0] || this.host.context.recorded === true) return;
    const files = this.#state.files.map(({ role, uri }) => ({ role, uri }));
    const parameters = { ...parametersOf(this.#state), nameLists: this.#found?.lists ?? [], compare: false };
    try {
      await followStudy(
        this.host.peer,
        { study: STUDY, files, parameters },
        ({ result }) => {
          this.#items = result as SimilarityResult;
          if (this.#result !== null) this.#show(this.#result);
        },
        signal,
      );
    } catch (error) {
      // What keeps the comparison from being made is said by it.
      if (!signal.aborted && !isCancelled(error) && this.#result !== null) this.#refuse(error);
    }
  }

  /** A model has no answers of its own: what it is to be run on is asked for before anything else. */
  #wantsStimuli(): boolean {
    const roles = this.#state.files.map(({ role }) => role);
    if (!roles.includes("model") || roles.includes("stimuli")) return false;
    const choose = make("button", "ms-link", "Choose Stimuli…");
    choose.type = "button";
    choose.addEventListener("click", () => void this.#add("stimuli").catch((error) => this.host.fail(error)));
    this.#status.replaceChildren(make("span", "ms-quiet", "A model is run on stimuli. On which ones?"), choose);
    return true;
  }

  /** Said beside the controls, so that what does not fit can be changed. */
  #refuse(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const remedy = Reflect.get(Object(Reflect.get(Object(error), "details")), "remedy");
    const said = make("p", "ms-degenerate", typeof remedy === "string" ? `${text} ${remedy}` : text);
    this.#status.replaceChildren(said);
    const field: unknown = Reflect.get(Object(Reflect.get(Object(error), "details")), "field");
    if (typeof field === "string" && field.startsWith("fill.")) this.#status.append(this.#valueFor(field.slice(5)));
    this.#view?.dispose();
    this.#view = null;
    this.#showControls();
  }

  /** Asks for one number for all items, for an input of a model that the stimuli do not hold. */
  #valueFor(input: string): HTMLElement {
    const label = make("label", "ms-selector");
    const box = make("input", "ms-sim-pattern");
    box.type = "number";
    box.step = "any";
    box.addEventListener("change", () => {
      if (box.value.trim() !== "" && Number.isFinite(Number(box.value)))
        this.#change({ fill: { ...this.#state.fill, [input]: Number(box.value) } });
    });
    label.append(make("span", "", `One value for ${input}`), box);
    return label;
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
    const fields = Object.keys(part);
    if (fields.includes("shownItems")) {
      this.#itemsAbort.abort();
      this.#itemsAbort = new AbortController();
      void this.#askItems(AbortSignal.any([this.#abort.signal, this.#itemsAbort.signal]));
      if (this.#result !== null) this.#show(this.#result);
    } else if (!fields.every((field) => OF_ITEMS.has(field))) void this.#ask();
  }

  async #add(role: Role): Promise<void> {
    const title = TITLES[role];
    const { files } = await this.host.peer.request("files/choose", {
      title,
      extensions: [...FILES, ...(role === "stimuli" ? TEXTS : role === "activations" ? MODELS : [])],
      many: role !== "stimuli",
    });
    const known = new Set(this.#state.files.map(({ uri }) => uri));
    const added = files
      .filter(({ uri }) => !known.has(uri))
      .map((file) => ({
        ...file,
        // A model among the chosen files is run, not read.
        role: role === "activations" && likelyRole(file.name) === "model" ? "model" : role,
      }));
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

  /** The tree of the items on show by the modes of one representation. */
  async #hierarchyOf(layer: LayerPlace, signal: AbortSignal): Promise<ItemHierarchy | null> {
    const files = this.#state.files.map(({ role, uri }) => ({ role, uri }));
    const parameters = { ...parametersOf(this.#state), hierarchyOf: layer, compare: false };
    let found: ItemHierarchy | null = null;
    await followStudy(
      this.host.peer,
      { study: STUDY, files, parameters },
      ({ result }) => {
        found = (result as SimilarityResult).hierarchy;
      },
      signal,
    );
    return found;
  }

  #waitsForItems(): boolean {
    return this.#state.shownItems !== SHOWN[0] && this.#items === null && this.host.context.recorded !== true;
  }

  /** Definitions of a study's or an analysis' numbers. */
  #cards(id: string): Readonly<Record<string, QuantityDefinition>> {
    const { studies = [], analyses = [] } = this.#info ?? {};
    return [...studies, ...analyses].find((one) => one.id === id)?.quantities ?? {};
  }

  #show(result: SimilarityResult): void {
    this.#result = result;
    const quantities = this.#cards(STUDY);
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
      hierarchyQuantity: (field) => this.#cards("mode-hierarchy")[field] ?? null,
      choice: { ...this.#state, layer: this.#state.representation },
      keep: ({ layer, ...rest }) => this.#change(layer === undefined ? rest : { ...rest, representation: layer }),
      askHierarchy: context.recorded === true ? null : (layer, signal) => this.#hierarchyOf(layer, signal),
    });
    this.#view.show(result, this.#items ?? result, this.#waitsForItems());
  }
}

const STAGES: Readonly<Record<string, string>> = {
  values: "Comparing every two layers",
  permutations: "Shuffling items",
  intervals: "Resampling items",
};
