import { isRecord } from "../../../src/protocol/guards.ts";
import { columnById, initialColumns } from "./columns.ts";
import type { Sort } from "./sort.ts";
import type { TablePlace } from "./tableTypes.ts";

/** What a person has set up in the table; survives reload and tab moves. */
export interface ViewState {
  sort: Sort | null;
  filterText: string;
  role: string;
  columns: readonly string[];
  mode: "tree" | "flat";
  toggled: readonly string[];
  scrollTop: number;
  place: TablePlace;
  /** Whether the lint's findings are open. */
  lintOpen: boolean;
}

/** More toggled or selected lines than this are not kept: state is written on every change. */
export const MAX_SAVED_TOGGLES = 2000;

/** Reads saved state of any age: what is not understood falls back to the default, field by field. */
export function readViewState(saved: unknown): ViewState {
  const from = isRecord(saved) ? saved : {};
  const columns = stringsOf(from.columns).filter((id) => columnById(id) !== undefined);
  return {
    sort: readSort(from.sort),
    filterText: typeof from.filterText === "string" ? from.filterText : "",
    role: typeof from.role === "string" ? from.role : "",
    columns: columns.includes("name") ? columns : initialColumns(),
    mode: from.mode === "flat" ? "flat" : "tree",
    toggled: stringsOf(from.toggled).slice(0, MAX_SAVED_TOGGLES),
    scrollTop: pixels(from.scrollTop),
    place: readPlace(from.place),
    lintOpen: from.lintOpen === true,
  };
}

function readPlace(saved: unknown): TablePlace {
  const from = isRecord(saved) ? saved : {};
  return {
    active: typeof from.active === "string" ? from.active : null,
    column: Math.floor(pixels(from.column)),
    selected: stringsOf(from.selected).slice(0, MAX_SAVED_TOGGLES),
    scrollLeft: pixels(from.scrollLeft),
  };
}

function pixels(saved: unknown): number {
  return typeof saved === "number" && Number.isFinite(saved) && saved >= 0 ? saved : 0;
}

function readSort(saved: unknown): Sort | null {
  if (!isRecord(saved) || typeof saved.column !== "string" || columnById(saved.column) === undefined) return null;
  return { column: saved.column, direction: saved.direction === "descending" ? "descending" : "ascending" };
}

function stringsOf(saved: unknown): readonly string[] {
  return Array.isArray(saved) ? saved.filter((item) => typeof item === "string") : [];
}
