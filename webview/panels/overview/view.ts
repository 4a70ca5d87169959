import { html, render } from "lit";
import type { AnalysisManifest } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import type { CheckpointSummary } from "../../../src/protocol/contract.ts";
import { openCard } from "../../shell/card.ts";
import type { PanelHost } from "../../shell/types.ts";
import { againstTemplate, type ShownReference } from "./againstView.ts";
import type { Column } from "./cells.ts";
import { COLUMNS, columnById, quantityOf } from "./columns.ts";
import { itemsToCsv, itemsToJson, rowsToTsv } from "./export.ts";
import { compileFilter, isActive } from "./filter.ts";
import { footTemplate } from "./footView.ts";
import { LintArea } from "./lintArea.ts";
import type { OverviewLint } from "./lintRun.ts";
import { type Item, leavesOf, OVERVIEW_ANALYSES, type OverviewModel } from "./model.ts";
import type { OverviewRuns } from "./runs.ts";
import { nextSort } from "./sort.ts";
import { findingsTemplate, summaryTemplate } from "./summaryView.ts";
import { Table } from "./table.ts";
import { bannerTemplate, closeMenus, progressTemplate, type ToolbarActions, toolbarTemplate } from "./toolbarView.ts";
import { layoutRows, type Row } from "./tree.ts";
import { MAX_SAVED_TOGGLES, readViewState, type ViewState } from "./viewState.ts";

/** With more tensors than this only the first level of the tree starts open. */
const OPEN_ALL_BELOW = 300;
const PRIORITIZE_MILLISECONDS = 150;
const SAVE_MILLISECONDS = 250;
const FILTER_MILLISECONDS = 80;

export interface OverviewViewOptions {
  readonly host: PanelHost;
  readonly summary: CheckpointSummary;
  readonly model: OverviewModel;
  refresh(): void;
}

/** The overview on screen: header, findings, toolbar, table, disclosures. All state of the view goes through `#state`. */
export class OverviewView implements Disposable {
  readonly #store = new DisposableStore();
  readonly #top = document.createElement("div");
  readonly #empty = document.createElement("p");
  readonly #bottom = document.createElement("div");
  readonly #table: Table;
  readonly #state: ViewState;
  readonly #toggled: Set<string>;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #analyses: readonly AnalysisManifest[] = [];
  #hasCard = (_column: Column): boolean => false;
  #columns: readonly Column[] = [];
  #matching: readonly Item[] = [];
  #rows: readonly Row[] = [];
  #runs: OverviewRuns | null = null;
  readonly #lint: LintArea;
  #reference: ShownReference | null = null;
  #banner: string | null = null;
  #canRefresh = false;
  #scrollToRestore: number;

  constructor(
    private readonly element: HTMLElement,
    private readonly options: OverviewViewOptions,
  ) {
    this.#state = readViewState(options.host.state.get());
    this.#toggled = new Set(this.#state.toggled);
    this.#scrollToRestore = this.#state.scrollTop;
    this.#columns = this.#chosenColumns();
    this.#table = this.#store.add(
      new Table(
        {
          open: (row) => this.#open(row),
          toggle: (row) => this.#toggle(row),
          sort: (column) => {
            this.#state.sort = nextSort(this.#state.sort, column);
            this.#relayout();
          },
          card: (column, row, anchor) => this.#card(column, row, anchor),
          copy: () => this.#report(this.#copy(this.#table.selectedRows())),
          find: () => this.#top.querySelector<HTMLElement>(".ms-filter")?.focus(),
          moved: () => this.#moved(),
        },
        options.host.context.uri,
        this.#state.place,
      ),
    );
    this.#lint = new LintArea(options.model, this.#state, {
      reveal: (item) => this.#reveal(item),
      open: (item) => this.#openItem(item),
      filter: (text) => {
        this.#state.filterText = text;
        this.#relayout();
      },
      changed: () => {
        this.#renderFrame();
        this.#saveSoon();
      },
    });
    this.#empty.className = "ms-empty";
    this.#empty.setAttribute("role", "status");
    this.#empty.hidden = true;
    this.#top.className = "ms-overview-top";
    this.#bottom.className = "ms-overview-bottom";
    element.replaceChildren(this.#top, this.#lint.element, this.#empty, this.#table.element, this.#bottom);
    const onPointer = (event: Event) => closeMenus(element, event.target);
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === "Escape" && closeMenus(element)) event.stopPropagation();
    };
    document.addEventListener("pointerdown", onPointer);
    element.addEventListener("keydown", onEscape);
    this.#store.add({
      dispose: () => {
        document.removeEventListener("pointerdown", onPointer);
        element.removeEventListener("keydown", onEscape);
      },
    });
  }

  /** Tensors were added, or the filter, order or columns changed. */
  tensorsChanged(): void {
    this.#relayout(false);
    if (this.#scrollToRestore > 0) {
      const wanted = this.#scrollToRestore;
      this.#table.scrollTop = wanted;
      if (this.#table.scrollTop >= wanted) this.#scrollToRestore = 0;
    }
  }

  /** Results came. Lines move only where order or filter look at results. */
  resultsChanged(): void {
    const sorted = columnById(this.#state.sort?.column ?? "")?.analysis ?? null;
    if (sorted !== null || /[<>=]/.test(this.#state.filterText)) this.#relayout(false);
    else {
      this.#table.redraw();
      this.#renderFrame();
    }
  }

  useManifests(analyses: readonly AnalysisManifest[]): void {
    this.#analyses = analyses;
    this.#hasCard = (column) => quantityOf(column, analyses) !== null;
    this.#showTable();
  }

  useRuns(runs: OverviewRuns): void {
    this.#runs = runs;
    this.#prioritize();
    this.#renderFrame();
  }

  useLint(lint: OverviewLint): void {
    this.#lint.use(lint);
  }

  /** Findings came: marks on lines, lines where the filter asks for them. */
  lintChanged(): void {
    this.#relayout(false);
  }

  useReference(reference: ShownReference | null): void {
    this.#reference = reference;
    this.#renderFrame();
  }

  showBanner(text: string, canRefresh: boolean): void {
    this.#banner = text;
    this.#canRefresh = canRefresh;
    this.#renderFrame();
  }

  dispose(): void {
    this.#save();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#store.dispose();
  }

  readonly #actions: ToolbarActions = {
    filter: (text) => {
      this.#state.filterText = text;
      this.#later("filter", FILTER_MILLISECONDS, () => this.#relayout());
    },
    role: (role) => {
      this.#state.role = role;
      this.#relayout();
    },
    mode: (mode) => {
      this.#state.mode = mode;
      this.#relayout();
    },
    column: (id, shown) => {
      const without = this.#state.columns.filter((column) => column !== id);
      this.#state.columns = shown ? [...without, id] : without;
      this.#columns = this.#chosenColumns();
      this.#relayout();
    },
    copy: () => {
      const selected = this.#table.selectedRows();
      this.#report(this.#copy(selected.length > 1 ? selected : this.#rows));
    },
    export: (kind) => this.#report(this.#export(kind)),
    cancel: () => this.#runs?.cancel(),
    resume: () => void this.#runs?.start(),
    refresh: () => this.options.refresh(),
  };

  #relayout(save = true): void {
    const { items } = this.options.model;
    const filter = { text: this.#state.filterText, role: this.#state.role };
    this.#matching = isActive(filter) ? items.filter(compileFilter(filter)) : items;
    const openAll = isActive(filter) || items.length <= OPEN_ALL_BELOW;
    this.#rows = layoutRows(this.#matching, {
      mode: this.#state.mode,
      sort: this.#state.sort,
      toggled: this.#toggled,
      openByDefault: (depth) => openAll || depth === 0,
    });
    const nothing = this.#matching.length === 0 && items.length > 0;
    this.#empty.hidden = !nothing;
    this.#empty.textContent = nothing
      ? `None of ${items.length} tensors matches “${[this.#state.filterText, this.#state.role].filter((part) => part !== "").join(" ")}”.`
      : "";
    this.#showTable();
    this.#renderFrame();
    this.#prioritizeSoon();
    if (save) this.#saveSoon();
  }

  #showTable(): void {
    this.#table.show({
      rows: this.#rows,
      columns: this.#columns,
      sort: this.#state.sort,
      digits: this.options.host.context.settings.significantDigits,
      hasCard: this.#hasCard,
    });
  }

  #chosenColumns(): readonly Column[] {
    const wanted = new Set(this.#state.columns);
    // Always in the table's own order, whatever the order of choosing.
    return COLUMNS.filter(({ id }) => wanted.has(id));
  }

  #renderFrame(): void {
    const { summary, model } = this.options;
    const progress = this.#runs?.progress ?? { analysis: "statistics", state: "idle", done: 0, total: model.leafCount };
    const remaining = OVERVIEW_ANALYSES.some((analysis) => model.waiting(analysis).length > 0);
    const roles = [...new Set(model.items.map(({ tensor }) => tensor.role))].sort();
    render(
      html`
        ${bannerTemplate(this.#banner, this.#canRefresh ? this.#actions.refresh : null)}
        ${summaryTemplate(summary)} ${findingsTemplate(summary.findings)}
        ${againstTemplate(
          this.#reference,
          () => this.#report(this.#chooseReference()),
          () => this.#showDynamics(),
        )}
        ${toolbarTemplate(this.#state, roles, this.#matching.length, model.items.length, this.#actions)}
      `,
      this.#top,
    );
    this.#lint.render();
    render(html`${footTemplate(summary, model)} ${progressTemplate(progress, remaining, this.#actions)}`, this.#bottom);
  }

  #toggle(row: Row): void {
    if (!this.#toggled.delete(row.key)) this.#toggled.add(row.key);
    this.#relayout();
  }

  #open(row: Row): void {
    if (row.kind === "item") this.#openItem(row.item);
  }

  #openItem(item: Item): void {
    const { host } = this.options;
    const { target } = item.children[0] ?? item;
    this.#report(host.peer.request("panel/open", { panel: "tensor", uri: host.context.uri, target }));
  }

  /** Brings a line into sight: opens what it lies in, and takes away a filter that hides it. */
  #reveal(item: Item): void {
    if (!this.#matching.some((one) => one === item || one.children.includes(item))) {
      this.#state.filterText = "";
      this.#state.role = "";
      this.#relayout();
    }
    // Each round opens one level more; names are no deeper than they have parts.
    for (let round = 0; round < item.tensor.name.length && !this.#table.reveal(item.key); round++) {
      const around = this.#rows.filter(
        (row) =>
          !row.expanded &&
          (row.kind === "group" ? item.tensor.name.startsWith(row.key) : row.item.children.includes(item)),
      );
      const deepest = around.at(-1);
      if (deepest === undefined) return;
      this.#toggle(deepest);
    }
  }

  /** The whole run that this checkpoint belongs to. */
  #showDynamics(): void {
    const { host } = this.options;
    this.#report(host.peer.request("panel/open", { panel: "dynamics", uri: host.context.uri, target: null }));
  }

  #card(column: Column, row: Row | null, anchor: HTMLElement): void {
    const quantity = quantityOf(column, this.#analyses);
    if (quantity === null) return;
    const cell =
      row?.kind === "item" ? column.cell(row.item, this.options.host.context.settings.significantDigits) : null;
    const number =
      cell?.kind === "text" ? { text: cell.text, how: cell.how ?? null, beside: cell.beside ?? null } : undefined;
    openCard(anchor, quantity, number, this.#table.element);
  }

  async #chooseReference(): Promise<void> {
    const { changed } = await this.options.host.peer.request("reference/choose", {});
    if (changed) this.options.refresh();
  }

  async #copy(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    await this.options.host.peer.request("clipboard/write", { text: rowsToTsv(rows, this.#columns) });
  }

  async #export(kind: "csv" | "json"): Promise<void> {
    const { summary, host } = this.options;
    closeMenus(this.element);
    const text = kind === "csv" ? itemsToCsv(this.#matching, COLUMNS) : itemsToJson(summary, this.#matching);
    await host.peer.request("file/save", { suggestedName: `${summary.name}.overview.${kind}`, text });
  }

  /** What went wrong beside the table is said above it; the table stays. */
  #report(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.showBanner(error instanceof Error ? error.message : String(error), false));
  }

  #moved(): void {
    this.#state.scrollTop = this.#table.scrollTop;
    this.#prioritizeSoon();
    this.#saveSoon();
  }

  #prioritizeSoon(): void {
    this.#later("prioritize", PRIORITIZE_MILLISECONDS, () => this.#prioritize());
  }

  #prioritize(): void {
    const targets = this.#table.visibleRows().flatMap((row) => {
      if (row.kind !== "item") return [];
      return leavesOf(row.item).map((leaf) => leaf.target);
    });
    this.#runs?.prioritize(targets);
  }

  #saveSoon(): void {
    this.#later("save", SAVE_MILLISECONDS, () => this.#save());
  }

  #save(): void {
    this.#state.toggled = [...this.#toggled].slice(0, MAX_SAVED_TOGGLES);
    const { selected, ...place } = this.#table.place;
    this.#state.place = { ...place, selected: selected.slice(0, MAX_SAVED_TOGGLES) };
    this.options.host.state.set({ ...this.#state });
  }

  #later(name: string, milliseconds: number, action: () => void): void {
    const running = this.#timers.get(name);
    if (running !== undefined) clearTimeout(running);
    this.#timers.set(name, setTimeout(action, milliseconds));
  }
}
