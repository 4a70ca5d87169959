import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { ListSelection } from "../../parts/selection/listSelection.ts";
import type { Column } from "./cells.ts";
import { cellId, fillHeader } from "./headerView.ts";
import { columnWidths } from "./nameWidth.ts";
import { RowPool } from "./rowPool.ts";
import type { TableContent, TableEvents, TablePlace } from "./tableTypes.ts";
import { parentIndex, type Row } from "./tree.ts";
import { TypeAhead } from "./typeAhead.ts";
import {
  type CellPosition,
  moveByKey,
  ROW_HEIGHT,
  type RowRange,
  scrollToColumn,
  scrollToShow,
  visibleRange,
} from "./windowing.ts";

/**
 * A tree grid that keeps only the lines on screen in the document. The grid itself has the focus and names its active cell
 * (aria-activedescendant), so recycling a line never loses the focus.
 */
export class Table implements Disposable {
  readonly element = document.createElement("div");
  readonly #header = document.createElement("div");
  readonly #body = document.createElement("div");
  readonly #pool = new RowPool(this.#body);
  readonly #store = new DisposableStore();
  #content: TableContent = { rows: [], columns: [], sort: null, digits: 4, hasCard: () => false };
  readonly #typing = new TypeAhead();
  #selection: ListSelection<string>;
  #active: CellPosition;
  /** Which line the active one is, also while a filter or an unfinished listing hides it. */
  #activeKey: string | null;
  #scrollLeftToRestore: number;
  #frame = 0;
  #widthsStale = true;

  constructor(
    private readonly events: TableEvents,
    checkpoint: string,
    place: TablePlace = { active: null, column: 0, selected: [], scrollLeft: 0 },
  ) {
    const { element } = this;
    this.#selection = new ListSelection(place.selected);
    this.#active = { row: 0, column: place.column };
    this.#activeKey = place.active;
    this.#scrollLeftToRestore = place.scrollLeft;
    element.className = "ms-table";
    element.tabIndex = 0;
    element.setAttribute("role", "treegrid");
    element.setAttribute("aria-label", "Tensors");
    element.setAttribute("aria-multiselectable", "true");
    element.dataset.vscodeContext = JSON.stringify({ checkpoint, preventDefaultContextMenuItems: true });
    element.style.setProperty("--ms-row-height", `${ROW_HEIGHT}px`);
    this.#header.className = "ms-row ms-table-header";
    this.#header.setAttribute("role", "row");
    this.#header.setAttribute("aria-rowindex", "1");
    this.#body.className = "ms-table-body";
    this.#body.setAttribute("role", "rowgroup");
    element.append(this.#header, this.#body);
    element.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    element.addEventListener("keydown", (event) => this.#onKey(event));
    element.addEventListener("click", (event) => this.#onClick(event));
    element.addEventListener("dblclick", (event) => this.#onDoubleClick(event));
    element.addEventListener("contextmenu", (event) => this.#onMenu(event));
    const resize = new ResizeObserver(() => {
      this.#widthsStale = true;
      this.#schedule();
    });
    resize.observe(element);
    this.#store.add({ dispose: () => resize.disconnect() });
  }

  /** New lines, columns or order. */
  show(content: TableContent): void {
    const columnsChanged = content.columns !== this.#content.columns || content.sort !== this.#content.sort;
    const fresh = content.hasCard !== this.#content.hasCard;
    this.#widthsStale ||= content.columns !== this.#content.columns || content.rows !== this.#content.rows;
    this.#content = content;
    // The active cell stays with its line where that is still there.
    const again = this.#active.row < 0 ? -1 : content.rows.findIndex((row) => row.key === this.#activeKey);
    this.#active = {
      row: again >= 0 ? again : Math.min(this.#active.row, content.rows.length - 1),
      column: Math.min(this.#active.column, content.columns.length - 1),
    };
    if (this.#activeKey === null && this.#active.row >= 0) this.#active = { ...this.#active, row: 0 };
    this.element.setAttribute("aria-rowcount", String(content.rows.length + 1));
    this.element.setAttribute("aria-colcount", String(content.columns.length));
    this.#body.style.height = `${content.rows.length * ROW_HEIGHT}px`;
    if (columnsChanged || fresh || this.#header.childElementCount === 0)
      fillHeader(this.#header, content.columns, content.sort, content.hasCard);
    this.redraw();
  }

  /** Same lines, new numbers. */
  redraw(): void {
    this.#pool.stale();
    this.#schedule();
  }

  get scrollTop(): number {
    return this.element.scrollTop;
  }

  set scrollTop(value: number) {
    this.element.scrollTop = value;
    this.#schedule();
  }

  get place(): TablePlace {
    return {
      active: this.#activeKey,
      column: Math.max(0, this.#active.column),
      selected: [...this.#selection.keys],
      scrollLeft: this.element.scrollLeft,
    };
  }

  /** Makes a line the active and selected one, and brings it into sight. */
  reveal(key: string): boolean {
    const row = this.#content.rows.findIndex((one) => one.key === key);
    if (row >= 0) this.#activate({ row, column: 0 });
    return row >= 0;
  }

  /** The selected lines that are on the table now, in its order. */
  selectedRows(): readonly Row[] {
    return this.#content.rows.filter(({ key }) => this.#selection.has(key));
  }

  visibleRows(): readonly Row[] {
    const { first, end } = this.#range(0);
    return this.#content.rows.slice(first, end);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#store.dispose();
    this.element.remove();
  }

  #range(overscan?: number): RowRange {
    return visibleRange(this.element.scrollTop, this.#viewport(), this.#content.rows.length, overscan);
  }

  #viewport(): number {
    return Math.max(0, this.element.clientHeight - ROW_HEIGHT);
  }

  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #onScroll(): void {
    this.#schedule();
    this.events.moved();
  }

  #layoutColumns(): void {
    // Reading the width lays the page out, so only when it or the columns may have changed.
    if (!this.#widthsStale) return;
    this.#widthsStale = false;
    const { rows, columns } = this.#content;
    const { template, total } = columnWidths(rows, columns, this.element.clientWidth);
    this.element.style.setProperty("--ms-columns", template);
    this.element.style.setProperty("--ms-table-width", `${total}px`);
  }

  #draw(): void {
    this.#layoutColumns();
    this.#pool.draw(this.#range(), this.#content);
    if (this.#scrollLeftToRestore > 0 && this.#content.rows.length > 0) {
      this.element.scrollLeft = this.#scrollLeftToRestore;
      this.#scrollLeftToRestore = 0;
    }
    this.#markActive();
  }

  #markActive(): void {
    for (const old of this.element.querySelectorAll(".ms-active")) old.classList.remove("ms-active");
    this.#pool.markSelected((index) => this.#selection.has(this.#content.rows[index]?.key ?? ""));
    const cell = document.getElementById(cellId(this.#active.row, this.#active.column));
    if (cell === null || !this.element.contains(cell)) {
      this.element.removeAttribute("aria-activedescendant");
      return;
    }
    cell.classList.add("ms-active");
    this.element.setAttribute("aria-activedescendant", cell.id);
  }

  /** Goes to a cell. A line it goes to becomes the selection, or its end; "keep" leaves the selection as it is. */
  #activate(position: CellPosition, select: "only" | "extend" | "toggle" | "keep" = "only"): void {
    this.#active = position;
    const row = this.#content.rows[position.row];
    if (row !== undefined) {
      this.#activeKey = row.key;
      if (select === "only") this.#selection.only(row.key);
      else if (select === "toggle") this.#selection.toggle(row.key);
      else if (select === "extend") this.#selection.extendTo(row.key, this.#order());
      this.element.scrollTop = scrollToShow(position.row, this.element.scrollTop, this.#viewport());
    }
    this.#showColumn(position.column);
    this.#draw();
    this.events.moved();
  }

  #order(): readonly string[] {
    return this.#content.rows.map(({ key }) => key);
  }

  /** The first column is sticky: the others must come out from under it. */
  #showColumn(column: number): void {
    const cell = this.#header.children[column];
    const name = this.#header.children[0];
    if (column === 0 || !(cell instanceof HTMLElement) || !(name instanceof HTMLElement)) return;
    const place = { left: cell.offsetLeft, width: cell.offsetWidth, sticky: name.offsetWidth };
    this.element.scrollLeft = scrollToColumn(place, this.element.scrollLeft, this.element.clientWidth);
  }

  #onKey(event: KeyboardEvent): void {
    const { rows, columns } = this.#content;
    const row = rows[this.#active.row];
    const column = columns[this.#active.column];
    if (event.altKey || column === undefined) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && this.#commandKey(event.key)) {
      // Done there.
    } else if (event.metaKey) {
      return;
    } else if (event.key === "Enter") {
      if (this.#active.row < 0) this.events.sort(column);
      else if (row?.kind === "group") this.events.toggle(row);
      else if (row !== undefined) this.events.open(row);
    } else if (event.key === " ") {
      if (command && row !== undefined) this.#activate(this.#active, "toggle");
      else this.#card(column, row ?? null);
    } else if (event.key === "Escape") {
      // Only what it can undo here; else it belongs to menus and the editor.
      if (this.#selection.keys.size < 2 || row === undefined) return;
      this.#activate(this.#active, "only");
    } else if (!this.#expandByKey(event.key, row)) {
      const to = this.#destination(event);
      if (to === null) return;
      this.#activate(to, event.shiftKey && event.key.length > 1 && to.row !== this.#active.row ? "extend" : "only");
    }
    event.preventDefault();
  }

  #commandKey(key: string): boolean {
    if (key === "a") {
      this.#selection.all(this.#order());
      this.#draw();
      this.events.moved();
    } else if (key === "c") this.events.copy();
    else if (key === "f") this.events.find();
    else return false;
    return true;
  }

  #destination(event: KeyboardEvent): CellPosition | null {
    const { rows, columns } = this.#content;
    if (event.key.length === 1) {
      if (event.ctrlKey) return null;
      const labels = { length: rows.length, at: (index: number) => rows[index]?.label ?? "" };
      const row = this.#typing.find(event.key, event.timeStamp, labels, this.#active.row);
      return row === null ? null : { row, column: this.#active.column };
    }
    const pageRows = Math.max(1, Math.floor(this.#viewport() / ROW_HEIGHT) - 1);
    return moveByKey(event.key, event.ctrlKey, this.#active, { rows: rows.length, columns: columns.length, pageRows });
  }

  /** Left and Right on the name: close, go to the parent; open. */
  #expandByKey(key: string, row: Row | undefined): boolean {
    if (row === undefined || this.#active.column !== 0) return false;
    const expandable = row.kind === "group" || row.expandable;
    if (key === "ArrowRight" && expandable && !row.expanded) {
      this.events.toggle(row);
      return true;
    }
    if (key !== "ArrowLeft") return false;
    if (expandable && row.expanded) this.events.toggle(row);
    else {
      const parent = parentIndex(this.#content.rows, this.#active.row);
      if (parent >= 0) this.#activate({ row: parent, column: 0 });
    }
    return true;
  }

  #card(column: Column, row: Row | null): void {
    const cell = document.getElementById(cellId(this.#active.row, this.#active.column));
    if (cell !== null && this.#content.hasCard(column)) this.events.card(column, row, cell);
  }

  #at(event: Event): { position: CellPosition; action: string | undefined; cell: HTMLElement } | null {
    if (!(event.target instanceof Element)) return null;
    const cell = event.target.closest<HTMLElement>("[data-column]");
    if (cell === null) return null;
    const row = cell.closest<HTMLElement>("[data-row]")?.dataset.row;
    const action = event.target.closest<HTMLElement>("[data-action]")?.dataset.action;
    return {
      position: { row: row === undefined ? -1 : Number(row), column: Number(cell.dataset.column) },
      action,
      cell,
    };
  }

  #onClick(event: MouseEvent): void {
    const at = this.#at(event);
    if (at === null) return;
    const row = this.#content.rows[at.position.row];
    const column = this.#content.columns[at.position.column];
    const select = event.shiftKey ? "extend" : event.ctrlKey || event.metaKey ? "toggle" : "only";
    this.#activate(at.position, select);
    this.element.focus({ preventScroll: true });
    if (column === undefined || select !== "only") return;
    if (at.action === "sort") this.events.sort(column);
    else if (at.action === "card") this.events.card(column, row ?? null, at.cell);
    else if (at.action === "toggle" && row !== undefined) this.events.toggle(row);
    else if (at.action === "open" && row !== undefined) this.events.open(row);
  }

  /** The menu itself is the editor's; the line it is about becomes the selected one, unless it is selected already. */
  #onMenu(event: MouseEvent): void {
    const at = this.#at(event);
    const row = at === null ? undefined : this.#content.rows[at.position.row];
    if (at !== null && row !== undefined) this.#activate(at.position, this.#selection.has(row.key) ? "keep" : "only");
  }

  #onDoubleClick(event: MouseEvent): void {
    const at = this.#at(event);
    const row = at === null ? undefined : this.#content.rows[at.position.row];
    if (at?.action === undefined && row?.kind === "item") this.events.open(row);
  }
}
