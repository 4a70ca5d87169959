import type { Column } from "./cells.ts";
import { icon } from "./cellView.ts";
import type { Sort } from "./sort.ts";

/** Fills the table's header: a title that sorts, and where the column has a card a button for it. */
export function fillHeader(
  header: HTMLElement,
  columns: readonly Column[],
  sort: Sort | null,
  hasCard: (column: Column) => boolean,
): void {
  header.replaceChildren(
    ...columns.map((column, index) => {
      const cell = document.createElement("div");
      cell.setAttribute("role", "columnheader");
      cell.setAttribute("aria-colindex", String(index + 1));
      cell.setAttribute("aria-sort", sort?.column === column.id ? sort.direction : "none");
      cell.className = classOf(column, index);
      cell.dataset.column = String(index);
      cell.id = cellId(-1, index);
      cell.title = `${column.longTitle}\nClick or Enter sorts${hasCard(column) ? ", Space explains" : ""}.`;
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

/** The grid has the focus, so its buttons are no tab stops. */
function headerButton(className: string, action: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.className = className;
  button.dataset.action = action;
  return button;
}

export function classOf(column: Column, index: number): string {
  return `ms-cell ms-column-${column.id}${column.numeric ? " ms-cell-number" : ""}${index === 0 ? " ms-cell-name" : ""}`;
}

export function cellId(row: number, column: number): string {
  return `ms-cell-${row}-${column}`;
}
