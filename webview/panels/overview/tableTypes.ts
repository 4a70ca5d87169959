import type { Column } from "./cells.ts";
import type { RowContent } from "./rowPool.ts";
import type { Sort } from "./sort.ts";
import type { Row } from "./tree.ts";

/** What happens on the table, for the panel around it. */
export interface TableEvents {
  open(row: Row): void;
  toggle(row: Row): void;
  sort(column: Column): void;
  /** The card of a column, from its header (row null) or from a number. `anchor` is where to show it. */
  card(column: Column, row: Row | null, anchor: HTMLElement): void;
  /** The selected lines to the clipboard. */
  copy(): void;
  /** To the filter box. */
  find(): void;
  /** Scrolled, or another line or cell is active or selected: what is saved has changed. */
  moved(): void;
}

/** Where a person is in the table; survives a reload. */
export interface TablePlace {
  readonly active: string | null;
  readonly column: number;
  readonly selected: readonly string[];
  readonly scrollLeft: number;
}

export interface TableContent extends RowContent {
  readonly sort: Sort | null;
}
