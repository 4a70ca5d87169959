import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import type { Cell, Column } from "./cells.ts";
import { fillCell, fillName, groupCell, icon } from "./cellView.ts";
import { nameWidth } from "./nameWidth.ts";
import type { Sort } from "./sort.ts";
import { parentIndex, type Row } from "./tree.ts";
import { type CellPosition, moveByKey, ROW_HEIGHT, type RowRange, scrollToShow, visibleRange } from "./windowing.ts";

export interface TableEvents {
  open(row: Row): void;
  toggle(row: Row): void;
  sort(column: Column): void;
  /** The card of a column, from its header (row null) or from a number. `anchor` is where to show it. */
  card(column: Column, row: Row | null, anchor: HTMLElement): void;
  scrolled(): void;
}

export interface TableContent {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly sort: Sort | null;
  readonly digits: number;
  readonly hasCard: (column: Column) => boolean;
}

/**
 * A grid that keeps only the lines on screen in the document. The grid itself has the focus and names its active cell
 * (aria-activedescendant), so recycling a line never loses the focus.
 */
export class Table implements Disposable {
  readonly element = document.createElement("div");
  readonly #header = document.createElement("div");
  readonly #body = document.createElement("div");
  readonly #pool = new Map<number, HTMLElement>();
  readonly #store = new DisposableStore();
  #content: TableContent = { rows: [], columns: [], sort: null, digits: 4, hasCard: () => false };
  #active: CellPosition = { row: 0, column: 0 };
  #frame = 0;
  #widthsStale = true;

  constructor(private readonly events: TableEvents) {
    const { element } = this;
    element.className = "ms-table";
    element.tabIndex = 0;
    element.setAttribute("role", "grid");
    element.setAttribute("aria-label", "Tensors");
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
    const resize = new ResizeObserver(() => {
      this.#widthsStale = true;
      this.#schedule();
    });
    resize.observe(element);
    this.#store.add({ dispose: () => resize.disconnect() });
  }

  /** New lines, columns or order. */
  show(content: TableContent): void {
    const wasEmpty = this.#content.rows.length === 0;
    const key = this.#content.rows[this.#active.row]?.key;
    const columnsChanged = content.columns !== this.#content.columns || content.sort !== this.#content.sort;
    const fresh = content.hasCard !== this.#content.hasCard;
    this.#widthsStale ||= content.columns !== this.#content.columns || content.rows !== this.#content.rows;
    this.#content = content;
    // The active cell stays with its line where that is still there and was not moved by the keyboard since.
    const again = key === undefined || this.#active.row < 0 ? -1 : content.rows.findIndex((row) => row.key === key);
    this.#active = {
      row: again >= 0 ? again : Math.min(wasEmpty ? 0 : this.#active.row, content.rows.length - 1),
      column: Math.min(this.#active.column, content.columns.length - 1),
    };
    this.element.setAttribute("aria-rowcount", String(content.rows.length + 1));
    this.element.setAttribute("aria-colcount", String(content.columns.length));
    this.#body.style.height = `${content.rows.length * ROW_HEIGHT}px`;
    if (columnsChanged || fresh || this.#header.childElementCount === 0) this.#drawHeader();
    this.redraw();
  }

  /** Same lines, new numbers. */
  redraw(): void {
    for (const element of this.#pool.values()) element.dataset.stale = "";
    this.#schedule();
  }

  get scrollTop(): number {
    return this.element.scrollTop;
  }

  set scrollTop(value: number) {
    this.element.scrollTop = value;
    this.#schedule();
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
    this.events.scrolled();
  }

  #layoutColumns(): void {
    // Reading the width lays the page out, so only when it or the columns may have changed.
    if (!this.#widthsStale) return;
    this.#widthsStale = false;
    const [, ...rest] = this.#content.columns;
    const other = rest.reduce((sum, column) => sum + column.width, 0);
    const available = this.element.clientWidth;
    const name = nameWidth(this.#content.rows, available, other);
    this.element.style.setProperty("--ms-columns", [name, ...rest.map(({ width }) => width)].join("px ").concat("px"));
    this.element.style.setProperty("--ms-table-width", `${name + other}px`);
  }

  #drawHeader(): void {
    const { columns, sort, hasCard } = this.#content;
    this.#header.replaceChildren(
      ...columns.map((column, index) => {
        const cell = document.createElement("div");
        cell.setAttribute("role", "columnheader");
        cell.setAttribute("aria-colindex", String(index + 1));
        cell.setAttribute("aria-sort", sort?.column === column.id ? sort.direction : "none");
        cell.className = classOf(column, index);
        cell.dataset.column = String(index);
        cell.id = cellId(-1, index);
        cell.title = `${column.longTitle}\nClick (or Enter) sorts.`;
        const button = headerButton("ms-header-title", "sort");
        button.append(column.title);
        if (sort?.column === column.id) button.append(icon(sort.direction === "ascending" ? "arrow-up" : "arrow-down"));
        cell.append(button);
        if (hasCard(column)) {
          const info = headerButton("ms-header-info", "card");
          info.setAttribute("aria-label", `What is ${column.longTitle}?`);
          info.title = "Definition, equation, source, null";
          info.append(icon("info"));
          cell.append(info);
        }
        return cell;
      }),
    );
  }

  #draw(): void {
    this.#layoutColumns();
    const { rows } = this.#content;
    const range = this.#range();
    const free: HTMLElement[] = [];
    for (const [index, element] of this.#pool) {
      if (index >= range.first && index < range.end) continue;
      this.#pool.delete(index);
      free.push(element);
    }
    for (let index = range.first; index < range.end; index++) {
      const row = rows[index];
      if (row === undefined) continue;
      let element = this.#pool.get(index);
      if (element === undefined) {
        element = free.pop() ?? this.#newRow();
        this.#pool.set(index, element);
        element.dataset.stale = "";
      }
      if (element.dataset.stale !== undefined) this.#fillRow(element, row, index);
    }
    for (const element of free) element.remove();
    this.#markActive();
  }

  #newRow(): HTMLElement {
    const element = document.createElement("div");
    element.className = "ms-row";
    element.setAttribute("role", "row");
    this.#body.append(element);
    return element;
  }

  #fillRow(element: HTMLElement, row: Row, index: number): void {
    delete element.dataset.stale;
    element.dataset.row = String(index);
    element.style.top = `${index * ROW_HEIGHT}px`;
    element.setAttribute("aria-rowindex", String(index + 2));
    element.classList.toggle("ms-row-group", row.kind === "group");
    const { columns, digits, hasCard } = this.#content;
    while (element.childElementCount > columns.length) element.lastElementChild?.remove();
    while (element.childElementCount < columns.length) element.append(document.createElement("div"));
    columns.forEach((column, at) => {
      const cell = element.children[at];
      if (!(cell instanceof HTMLElement)) return;
      cell.setAttribute("role", at === 0 ? "rowheader" : "gridcell");
      cell.setAttribute("aria-colindex", String(at + 1));
      cell.className = classOf(column, at);
      cell.dataset.column = String(at);
      cell.id = cellId(index, at);
      if (at === 0) fillName(cell, row);
      else fillCell(cell, this.#cell(row, column, digits), hasCard(column));
    });
  }

  #cell(row: Row, column: Column, digits: number): Cell {
    return row.kind === "group" ? groupCell(row, column) : column.cell(row.item, digits);
  }

  #markActive(): void {
    for (const old of this.element.querySelectorAll(".ms-active, .ms-active-row")) {
      old.classList.remove("ms-active", "ms-active-row");
      old.removeAttribute("aria-selected");
    }
    const cell = document.getElementById(cellId(this.#active.row, this.#active.column));
    if (cell === null || !this.element.contains(cell)) {
      this.element.removeAttribute("aria-activedescendant");
      return;
    }
    cell.classList.add("ms-active");
    cell.parentElement?.classList.add("ms-active-row");
    if (this.#active.row >= 0) cell.parentElement?.setAttribute("aria-selected", "true");
    this.element.setAttribute("aria-activedescendant", cell.id);
  }

  #activate(position: CellPosition): void {
    this.#active = position;
    if (position.row >= 0) {
      this.element.scrollTop = scrollToShow(position.row, this.element.scrollTop, this.#viewport());
    }
    this.#showColumn(position.column);
    this.#draw();
  }

  /** The first column is sticky: the others must come out from under it. */
  #showColumn(column: number): void {
    const cell = this.#header.children[column];
    const name = this.#header.children[0];
    if (column === 0 || !(cell instanceof HTMLElement) || !(name instanceof HTMLElement)) return;
    const { scrollLeft, clientWidth } = this.element;
    const left = cell.offsetLeft - name.offsetWidth;
    const right = cell.offsetLeft + cell.offsetWidth - clientWidth;
    if (left < scrollLeft) this.element.scrollLeft = left;
    else if (right > scrollLeft) this.element.scrollLeft = right;
  }

  #onKey(event: KeyboardEvent): void {
    const { rows, columns } = this.#content;
    const row = rows[this.#active.row];
    const column = columns[this.#active.column];
    if (event.altKey || event.metaKey || column === undefined) return;
    if (event.key === "Enter") {
      if (this.#active.row < 0) this.events.sort(column);
      else if (row?.kind === "group") this.events.toggle(row);
      else if (row !== undefined) this.events.open(row);
    } else if (event.key === " ") {
      this.#card(column, row ?? null);
    } else if (!this.#expandByKey(event.key, row)) {
      const pageRows = Math.max(1, Math.floor(this.#viewport() / ROW_HEIGHT) - 1);
      const to = moveByKey(event.key, event.ctrlKey, this.#active, {
        rows: rows.length,
        columns: columns.length,
        pageRows,
      });
      if (to === null) return;
      this.#activate(to);
    }
    event.preventDefault();
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
    this.#activate(at.position);
    this.element.focus({ preventScroll: true });
    if (column === undefined) return;
    if (at.action === "sort") this.events.sort(column);
    else if (at.action === "card") this.events.card(column, row ?? null, at.cell);
    else if (at.action === "toggle" && row !== undefined) this.events.toggle(row);
    else if (at.action === "open" && row !== undefined) this.events.open(row);
  }

  #onDoubleClick(event: MouseEvent): void {
    const at = this.#at(event);
    const row = at === null ? undefined : this.#content.rows[at.position.row];
    if (at?.action === undefined && row?.kind === "item") this.events.open(row);
  }
}

function headerButton(className: string, action: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.className = className;
  button.dataset.action = action;
  return button;
}

function classOf(column: Column, index: number): string {
  return `ms-cell ms-column-${column.id}${column.numeric ? " ms-cell-number" : ""}${index === 0 ? " ms-cell-name" : ""}`;
}

function cellId(row: number, column: number): string {
  return `ms-cell-${row}-${column}`;
}
