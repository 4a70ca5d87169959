import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { isCancelled, serializeError } from "../../../src/base/errors.ts";
import type { NamedFile } from "../../../src/protocol/contract.ts";
import { isRecord } from "../../../src/protocol/guards.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { SimulatorResult } from "../../../src/studies/simulator/types.ts";
import { make } from "../../charts/dom.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { parametersOf, restoredForm, type SimulatorForm } from "./form.ts";
import { formTemplate } from "./formView.ts";
import { type ResultsView, resultsView } from "./resultsView.ts";
import "../../charts/charts.css";
import "./simulator.css";

const STUDY = "simulator";
const TABLES = [".csv", ".tsv", ".npy"];
/** After the last key theory is asked again. */
const QUIET_MILLISECONDS = 250;
/** Checkpoints of an exported series. */
const KEPT = 40;
/** The panel that shows how a series was learned. */
const FOLLOWED_BY = "dynamics";

/** A world, a network that learns it, and the theory of how. */
export const simulatorPanel: Panel = {
  id: "simulator",
  title: PANEL_TITLES.simulator,
  mount(element, host) {
    const page = make("div", "ms-simulator");
    const [side, results] = [make("div", "ms-simulator-side"), make("div", "ms-simulator-results")];
    const heading = make("h1", "", "Learning Simulator");
    page.append(heading, side, results);
    element.append(page);
    const simulator = new Simulator(host, side, results);
    void simulator.begin();
    return {
      dispose() {
        simulator.dispose();
        page.remove();
      },
    };
  },
};

class Simulator {
  #form: SimulatorForm;
  #table: NamedFile | null;
  #problem: { message: string; field: string | null } | null = null;
  #abort: AbortController | null = null;
  #training = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #view: ResultsView | null = null;
  #shown: SimulatorResult | null = null;
  #written: { readonly folder: NamedFile; readonly files: number } | null = null;
  #quantities: Readonly<Record<string, QuantityDefinition>> = {};

  constructor(
    private readonly host: PanelHost,
    private readonly side: HTMLElement,
    private readonly results: HTMLElement,
  ) {
    const kept = Object(host.state.get()) as Record<string, unknown>;
    const [given = null] = host.context.files;
    this.#table = fileOf(kept.table) ?? given;
    this.#form = restoredForm(kept.form, given !== null);
    this.#draw();
  }

  async begin(): Promise<void> {
    try {
      const { studies } = await this.host.peer.request("engine/info", {});
      this.#quantities = studies.find(({ id }) => id === STUDY)?.quantities ?? {};
    } catch (error) {
      this.host.fail(error);
      return;
    }
    await this.#ask({ train: true });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#view?.dispose();
  }

  #change(form: SimulatorForm): void {
    this.#form = form;
    this.#keep();
    this.#draw();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask({ train: false }), QUIET_MILLISECONDS);
  }

  async #chooseTable(): Promise<void> {
    const { files } = await this.host.peer.request("files/choose", {
      title: "Table to Learn: Items in Rows",
      extensions: TABLES,
      many: false,
    });
    const [chosen] = files;
    if (chosen === undefined) return this.#draw();
    this.#table = chosen;
    this.#change({ ...this.#form, world: "table" });
  }

  #keep(): void {
    this.host.state.set({ form: this.#form, table: this.#table });
  }

  /** Asks the study; an earlier question is dropped. Resolves to the last result, null if there is none. */
  async #ask({ train, keep = 0 }: { train: boolean; keep?: number }): Promise<SimulatorResult | null> {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#problem = null;
    this.#training = train;
    this.#draw();
    let last: SimulatorResult | null = null;
    try {
      const table = this.#form.world === "table" ? this.#table : null;
      await followStudy(
        this.host.peer,
        {
          study: STUDY,
          files: table === null ? [] : [{ role: "table", uri: table.uri }],
          parameters: { ...parametersOf(this.#form), train, keep },
        },
        ({ result }) => {
          last = result as SimulatorResult;
          this.#show(last);
        },
        abort.signal,
      );
    } catch (error) {
      if (this.#abort !== abort) return null;
      if (isCancelled(error)) this.#showStopped();
      else {
        const { message, details } = serializeError(error);
        this.#problem = { message: [message, details.remedy ?? ""].join(" ").trim(), field: details.field ?? null };
      }
      last = null;
    }
    if (this.#abort !== abort) return null;
    this.#abort = null;
    this.#training = false;
    this.#draw();
    return last;
  }

  #show(result: SimulatorResult): void {
    this.#shown = result;
    const { settings } = this.host.context;
    this.#view ??= resultsView(this.results, {
      theme: this.host.theme,
      digits: settings.significantDigits,
      quantity: (field) => this.#quantities[field] ?? null,
    });
    this.#view.show(result);
  }

  /** What a person stopped stays on the screen, as far as it came. */
  #showStopped(): void {
    const training = this.#shown?.training;
    if (this.#shown === null || training?.kind !== "running") return;
    this.#show({ ...this.#shown, training: { kind: "stopped", step: training.step, reason: null } });
  }

  async #export(): Promise<void> {
    this.#written = null;
    const result = await this.#ask({ train: true, keep: KEPT });
    if (result === null || result.files.length === 0) return;
    try {
      const { folder } = await this.host.peer.request("folder/write", {
        files: result.files,
      });
      this.#written = folder === null ? null : { folder, files: result.files.length };
    } catch (error) {
      if (!isCancelled(error)) this.#problem = { message: serializeError(error).message, field: null };
    }
    this.#draw();
  }

  #writtenTemplate() {
    if (this.#written === null) return nothing;
    const { folder, files } = this.#written;
    const open = () =>
      void this.host.peer
        .request("panel/open", { panel: FOLLOWED_BY, uri: folder.uri, target: null })
        .catch(this.host.fail);
    return html`${files} files were written to ${folder.name}.
      <button class="ms-link" type="button" @click=${open}>Show Learning Dynamics</button>`;
  }

  #draw(): void {
    const quietly = (asked: Promise<unknown>) => void asked.catch(this.host.fail);
    const form = formTemplate(
      {
        form: this.#form,
        table: this.#table,
        problem: this.#problem,
        busy: this.#training,
        canExport: this.#shown !== null && this.#problem === null,
      },
      {
        change: (next) => this.#change(next),
        chooseTable: () => quietly(this.#chooseTable()),
        train: () => quietly(this.#ask({ train: true })),
        cancel: () => this.#abort?.abort(),
        exportSeries: () => quietly(this.#export()),
      },
    );
    render(html`${form}<p class="ms-note" role="status">${this.#writtenTemplate()}</p>`, this.side);
  }
}

function fileOf(value: unknown): NamedFile | null {
  return isRecord(value) && typeof value.uri === "string" && typeof value.name === "string"
    ? { uri: value.uri, name: value.name }
    : null;
}
