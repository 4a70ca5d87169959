import { render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import { filledLabels } from "../../../src/base/labels.ts";
import type { EngineMethods, FoundLabels } from "../../../src/protocol/contract.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { SemanticModesResult } from "../../../src/studies/semantic-modes/types.ts";
import { make } from "../../charts/dom.ts";
import { type FileBanner, fileBanner } from "../../shell/fileBanner.ts";
import { refusalBox } from "../../shell/refusal.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { controlsTemplate } from "./controls.ts";
import { type ModesState, parametersOf, type Role, readState } from "./state.ts";
import { modesPanelView } from "./view.ts";
import "../../charts/charts.css";
import "./semanticModes.css";

const STUDY = "semantic-modes";
const TABLES = [".csv", ".tsv", ".json", ".npy", ".npz", ".safetensors", ".mat"];
type Info = EngineMethods["engine/info"]["result"];

/** Modes of a table, of a chain of weights, or of both together, with the hierarchy of the items. */
export const semanticModesPanel: Panel = {
  id: "semantic-modes",
  title: PANEL_TITLES["semantic-modes"],
  mount: (element, host) => new ModesPanel(element, host),
};

class ModesPanel implements Disposable {
  readonly #store = new DisposableStore();
  readonly #controls = make("div", "ms-modes-controls");
  readonly #status = make("div", "ms-modes-status");
  readonly #content = make("div");
  readonly #banner: FileBanner;
  #state: ModesState;
  #shown = new DisposableStore();
  #abort = new AbortController();
  #info: Info | null = null;
  #found: FoundLabels | null = null;
  #result: SemanticModesResult | null = null;
  #waiting = false;
  #refused = false;

  constructor(
    element: HTMLElement,
    private readonly host: PanelHost,
  ) {
    this.#state = readState(host.state.get());
    this.#status.setAttribute("role", "status");
    const shown = () => this.#result !== null && !this.#refused;
    this.#banner = this.#store.add(
      fileBanner(
        host.peer,
        ({ uri }) => (shown() ? this.#named(uri) : null),
        () => void this.#ask(),
      ),
    );
    element.append(this.#banner.element, this.#controls, this.#status, this.#content);
    this.#store.add(
      host.peer.on("checkpoint/changed", ({ uri }) => {
        // Nothing is shown that a second reading could take away: the file may be whole now.
        if (!shown() && this.#named(uri) !== null) void this.#ask();
      }),
    );
    void this.#ask();
  }

  dispose(): void {
    this.#abort.abort();
    this.#shown.dispose();
    this.#store.dispose();
  }

  async #ask(): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { host } = this;
    this.#waiting = true;
    this.#banner.clear();
    this.#say("Reading…", null);
    this.#showControls();
    const { peer } = host;
    const files = [
      ...this.#subjects().map(({ uri }) => ({ role: "subject", uri })),
      ...this.#state.files.map(({ role, uri }) => ({ role, uri })),
    ];
    try {
      [this.#info, this.#found] = await Promise.all([
        this.#info ?? peer.request("engine/info", {}, signal),
        peer.request("labels/find", {}, signal),
      ]);
      const question = { study: STUDY, files, parameters: parametersOf(this.#state) };
      await followStudy(
        peer,
        question,
        ({ result, finished, fraction }) => {
          this.#waiting = !finished;
          this.#refused = false;
          this.#result = result as SemanticModesResult;
          this.#say(finished ? "" : "Computing the tree and its nulls…", fraction);
          this.#show();
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      if (this.#state.files.length === 0) host.fail(error);
      else this.#refuse(error);
    }
  }

  /** What the panel was opened on. */
  #subjects(): readonly { readonly uri: string; readonly name: string }[] {
    const { files, uri } = this.host.context;
    return files.length > 0 ? files : [{ uri, name: "The file" }];
  }

  #named(uri: string): string | null {
    return [...this.#subjects(), ...this.#state.files].find((file) => file.uri === uri)?.name ?? null;
  }

  /** A file that does not fit is said beside the files, so that it can be left out again. */
  #refuse(error: unknown): void {
    this.#waiting = false;
    this.#refused = true;
    this.#status.replaceChildren(refusalBox(error, "ms-degenerate", (uri) => this.#named(uri)));
    this.#shown.dispose();
    this.#showControls();
  }

  #say(text: string, fraction: number | null): void {
    this.#status.replaceChildren();
    if (text === "") return;
    const shown = make("span", "ms-quiet", fraction === null ? text : `${text} ${Math.round(100 * fraction)} %`);
    this.#status.append(document.createElement("vscode-progress-ring"), shown);
  }

  #keep(part: Partial<ModesState>): void {
    this.#state = { ...this.#state, ...part };
    this.host.state.set(this.#state);
  }

  #change(part: Partial<ModesState>): void {
    this.#keep(part);
    if ("rowPicture" in part || "columnPicture" in part) this.#show();
    else void this.#ask();
  }

  async #chooseFile(role: Role): Promise<void> {
    const title = role === "network" ? "Checkpoint of the Network" : `Table of ${role}`;
    const extensions = role === "network" ? [] : TABLES;
    const { files } = await this.host.peer.request("files/choose", { title, extensions, many: false });
    const [file] = files;
    if (file === undefined) return;
    this.#change({ files: [...this.#state.files.filter((other) => other.role !== role), { role, ...file }] });
  }

  #showControls(): void {
    const { peer, context, fail } = this.host;
    render(
      controlsTemplate({
        state: this.#state,
        result: this.#result,
        found: this.#found,
        recorded: context.recorded === true,
        change: (part) => this.#change(part),
        chooseFile: (role) => void this.#chooseFile(role).catch(fail),
        chooseNames: () => {
          peer.request("labels/choose", {}).then((found) => {
            this.#found = found;
            this.#show();
          }, fail);
        },
      }),
      this.#controls,
    );
  }

  #show(): void {
    const result = this.#result;
    if (result === null) return;
    this.#showControls();
    this.#shown.dispose();
    this.#shown = new DisposableStore();
    const numbersOnly = this.#found?.numbersOnly === true;
    const own = numbersOnly ? { rows: null, columns: null } : result.labels;
    const labels = filledLabels(own, result.rows, result.columns, this.#found?.lists ?? []);
    const quantities = (
      list: readonly { id: string; quantities: Readonly<Record<string, QuantityDefinition>> }[],
      id: string,
    ) => list.find((one) => one.id === id)?.quantities ?? {};
    const [cards, tree] = [
      quantities(this.#info?.studies ?? [], STUDY),
      quantities(this.#info?.analyses ?? [], "mode-hierarchy"),
    ];
    this.#shown.add(
      modesPanelView(this.#content, {
        result,
        labels,
        items: (numbersOnly ? null : result.items) ?? (result.linked ? labels[result.itemSide] : null),
        state: this.#state,
        digits: this.host.context.settings.significantDigits,
        theme: this.host.theme,
        waiting: this.#waiting,
        atTree: this.host.context.section === "hierarchy",
        study: (field) => cards[field] ?? null,
        hierarchy: (field) => tree[field] ?? null,
        onMode: (mode) => this.#keep({ mode }),
      }),
    );
  }
}
