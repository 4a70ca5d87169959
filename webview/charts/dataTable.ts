import { make } from "./dom.ts";

export interface TableData {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Rows on screen at most: a table of ten thousand is no alternative to a picture. */
const MAX_ROWS = 2000;

/** "Show as table": the picture's numbers for those who cannot use the picture. The table is built when it is opened. */
export function tableAlternative(read: () => TableData): { readonly element: HTMLDetailsElement; refresh(): void } {
  const element = make("details", "ms-as-table");
  element.append(make("summary", "", "Show as table"));
  const body = make("div", "ms-table-scroll");
  body.tabIndex = 0;
  // Whoever comes to it by the Tab key hears what scrolls here.
  body.setAttribute("role", "region");
  body.setAttribute("aria-label", "Table");
  element.append(body);
  const refresh = () => {
    if (!element.open) return;
    const data = read();
    body.setAttribute("aria-label", data.caption);
    body.replaceChildren(...build(data));
  };
  element.addEventListener("toggle", refresh);
  return { element, refresh };
}

function build(data: TableData): readonly HTMLElement[] {
  const table = make("table", "ms-data-table");
  table.append(make("caption", "", data.caption));
  const head = table.createTHead().insertRow();
  for (const column of data.columns) {
    const cell = make("th", "", column);
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of data.rows.slice(0, MAX_ROWS)) {
    const line = body.insertRow();
    for (const [index, text] of row.entries()) {
      const cell = make(index === 0 ? "th" : "td", "", text);
      if (index === 0) cell.scope = "row";
      line.append(cell);
    }
  }
  const rest = data.rows.length - MAX_ROWS;
  return rest > 0
    ? [table, make("p", "ms-note", `${rest.toLocaleString("en")} more rows are not listed here; the CSV has them.`)]
    : [table];
}
