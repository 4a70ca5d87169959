import { ModeScopeError } from "../../base/errors.ts";

/** Where a line of the joined text stands in the notebook. */
export interface CellPlace {
  /** From 1, counting code cells and all others, as editors number them. */
  readonly cell: number;
  readonly line: number;
}

/** The code cells of a Jupyter notebook (nbformat 3 and 4) as one source: names pass from cell to cell. */
export function notebookSource(json: string): { readonly text: string; readonly place: (line: number) => CellPlace } {
  const texts: string[] = [];
  const starts: { readonly cell: number; readonly from: number }[] = [];
  let from = 1;
  cellsOf(json).forEach((cell, index) => {
    const source = codeOf(cell);
    if (source === null) return;
    texts.push(source);
    starts.push({ cell: index + 1, from });
    from += source.split("\n").length;
  });
  return {
    text: texts.join("\n"),
    place(line) {
      const start = starts.filter((one) => one.from <= line).at(-1) ?? { cell: 1, from: 1 };
      return { cell: start.cell, line: line - start.from + 1 };
    },
  };
}

function cellsOf(json: string): readonly unknown[] {
  let notebook: unknown;
  try {
    notebook = JSON.parse(json);
  } catch (cause) {
    throw new ModeScopeError(
      "bad-format",
      "The notebook is no JSON.",
      { format: "ipynb", remedy: "Open it in an editor of notebooks and save it again." },
      { cause },
    );
  }
  const { cells, worksheets } = (typeof notebook === "object" && notebook !== null ? notebook : {}) as Readonly<
    Record<string, unknown>
  >;
  if (Array.isArray(cells)) return cells;
  if (Array.isArray(worksheets))
    return worksheets.flatMap((sheet: unknown) =>
      typeof sheet === "object" && sheet !== null && "cells" in sheet && Array.isArray(sheet.cells) ? sheet.cells : [],
    );
  throw new ModeScopeError("bad-format", "This JSON is no notebook: it has no cells.", {
    format: "ipynb",
    field: "cells",
  });
}

function codeOf(cell: unknown): string | null {
  const {
    cell_type: type,
    source,
    input,
  } = (typeof cell === "object" && cell !== null ? cell : {}) as Readonly<Record<string, unknown>>;
  const text = source ?? input;
  if (type !== "code") return null;
  return typeof text === "string"
    ? text
    : Array.isArray(text)
      ? text.filter((line) => typeof line === "string").join("")
      : null;
}
