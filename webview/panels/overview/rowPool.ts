import type { Column } from "./cells.ts";
import { fillCell, fillName, groupCell } from "./cellView.ts";
import { cellId, classOf } from "./headerView.ts";
import type { Row } from "./tree.ts";
import { ROW_HEIGHT, type RowRange } from "./windowing.ts";

export interface RowContent {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
  readonly digits: number;
  readonly hasCard: (column: Column) => boolean;
}

/** The elements of the lines on screen; a line that scrolls away leaves its element to one that comes. */
export class RowPool {
  readonly #elements = new Map<number, HTMLElement>();

  constructor(private readonly body: HTMLElement) {}

  /** What is shown is of yesterday: fill it again at the next draw. */
  stale(): void {
    for (const element of this.#elements.values()) element.dataset.stale = "";
  }

  draw(range: RowRange, content: RowContent): void {
    const free: HTMLElement[] = [];
    for (const [index, element] of this.#elements) {
      if (index >= range.first && index < range.end) continue;
      this.#elements.delete(index);
      free.push(element);
    }
    for (let index = range.first; index < range.end; index++) {
      const row = content.rows[index];
      if (row === undefined) continue;
      let element = this.#elements.get(index);
      if (element === undefined) {
        element = free.pop() ?? this.#newRow();
        this.#elements.set(index, element);
        element.dataset.stale = "";
      }
      if (element.dataset.stale !== undefined) fillRow(element, row, index, content);
    }
    for (const element of free) element.remove();
  }

  markSelected(isSelected: (index: number) => boolean): void {
    for (const [index, element] of this.#elements) {
      const selected = isSelected(index);
      element.classList.toggle("ms-selected-row", selected);
      element.setAttribute("aria-selected", String(selected));
    }
  }

  #newRow(): HTMLElement {
    const element = document.createElement("div");
    element.className = "ms-row";
    element.setAttribute("role", "row");
    this.body.append(element);
    return element;
  }
}

function fillRow(element: HTMLElement, row: Row, index: number, { columns, digits, hasCard }: RowContent): void {
  delete element.dataset.stale;
  element.dataset.row = String(index);
  element.style.top = `${index * ROW_HEIGHT}px`;
  element.setAttribute("aria-rowindex", String(index + 2));
  element.setAttribute("aria-level", String(row.depth + 1));
  if (row.kind === "group" || row.expandable) element.setAttribute("aria-expanded", String(row.expanded));
  else element.removeAttribute("aria-expanded");
  // The editor's own context menu: what it is about, for the commands in it.
  if (row.kind === "item") {
    const { tensor, part } = row.item.target;
    element.dataset.vscodeContext = JSON.stringify({ webviewSection: "modescopeTensor", tensor, part });
  } else delete element.dataset.vscodeContext;
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
    else fillCell(cell, row.kind === "group" ? groupCell(row, column) : column.cell(row.item, digits), hasCard(column));
  });
}
