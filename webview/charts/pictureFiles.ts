import type { TableData } from "./dataTable.ts";
import { make } from "./dom.ts";
import { paintScene, type Scene, sceneSvg } from "./scene.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

/** What a picture's owner does with a file: text, or the bytes of a picture in base64. */
export type SaveFile = (name: string, content: { readonly text: string } | { readonly base64: string }) => void;

/** A picture as it can be written to a file: without a cursor. */
export interface SavedPicture {
  /** File name without ending. */
  readonly name: string;
  table(): TableData;
  scene(size: Size, palette: ChartPalette): Scene;
}

/** A picture in a file has this many pixels for one on screen: enough for a page. */
const FILE_SCALE = 2;

/** Buttons that save the numbers as CSV, the picture as SVG or PNG. */
export function exportBar(
  picture: SavedPicture,
  save: SaveFile,
  now: () => { readonly size: Size; readonly palette: ChartPalette },
): HTMLElement {
  const bar = make("div", "ms-export-bar");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Save the picture");
  const button = (label: string, title: string, act: () => void) => {
    const one = make("button", "ms-link", label);
    one.type = "button";
    one.title = title;
    one.addEventListener("click", act);
    bar.append(one);
  };
  button("CSV", "Save the numbers", () => save(`${picture.name}.csv`, { text: csvOf(picture.table()) }));
  button("SVG", "Save the picture as vectors", () => {
    const { size, palette } = now();
    const { width, height } = size;
    save(`${picture.name}.svg`, { text: sceneSvg(picture.scene(size, palette), width, height, palette.background) });
  });
  button("PNG", `Save the picture as pixels, ${FILE_SCALE} for one on screen`, () => {
    const base64 = pngOf(picture, now());
    if (base64 !== null) save(`${picture.name}.png`, { base64 });
  });
  return bar;
}

function pngOf(picture: SavedPicture, { size, palette }: { readonly size: Size; readonly palette: ChartPalette }) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(FILE_SCALE * size.width));
  canvas.height = Math.max(1, Math.round(FILE_SCALE * size.height));
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.fillStyle = palette.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(FILE_SCALE, FILE_SCALE);
  paintScene(context, picture.scene(size, palette));
  const url = canvas.toDataURL("image/png");
  return url.slice(url.indexOf(",") + 1);
}

/** RFC 4180. */
export function csvOf({ columns, rows }: Pick<TableData, "columns" | "rows">): string {
  const field = (text: string) => {
    // A name from an untrusted file must not become a formula in a spreadsheet.
    const safe = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}
