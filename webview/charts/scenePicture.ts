import type { Disposable } from "../../src/base/disposable.ts";
import { type TableData, tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { paintScene, type Scene, sceneSvg } from "./scene.ts";
import { createSurface } from "./surface.ts";
import { type ChartPalette, type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

/** What a picture's owner does with a file: text, or the bytes of a picture in base64. */
export type SaveFile = (name: string, content: { readonly text: string } | { readonly base64: string }) => void;

/** A picture whose parts can be walked by pointer and keys. Parts are numbered as their owner likes. */
export interface PictureParts {
  /** For screen readers: what the picture shows. */
  readonly summary: string;
  height(width: number): number;
  draw(size: Size, palette: ChartPalette, chosen: number | null): Scene;
  at(size: Size, x: number, y: number): number | null;
  /** Where a key leads; null where it leads nowhere. */
  move(key: string, from: number | null): number | null;
  /** A part in words. */
  say(part: number): string;
  table(): TableData;
  /** File name without ending. */
  readonly name: string;
}

export interface ScenePicture extends Disposable {
  readonly element: HTMLElement;
  refresh(): void;
  choose(part: number | null): void;
}

export interface PictureOptions {
  readonly theme: ChartTheme;
  readonly save: SaveFile;
  /** What is said while nothing is chosen. */
  readonly hint: string;
  onHover?(part: number | null): void;
  /** By click, Enter or Space. */
  onChoose?(part: number): void;
}

/** A figure: the picture, one line that reads the part under the cursor, the same as a table, and the files it can be saved as. */
export function scenePicture(parent: HTMLElement, parts: PictureParts, options: PictureOptions): ScenePicture {
  const { theme } = options;
  const root = make("figure", "ms-chart ms-scene");
  const readout = make("output", "ms-readout", options.hint);
  let chosen: number | null = null;
  const surface = createSurface(root, theme, "ms-scene-canvas", (context, size) =>
    paintScene(context, parts.draw(size, paletteOf(theme), chosen)),
  );
  const { canvas } = surface;
  const resize = () => {
    canvas.style.height = `${Math.max(40, Math.round(parts.height(canvas.clientWidth || root.clientWidth || 600)))}px`;
  };
  const watcher = new ResizeObserver(resize);
  watcher.observe(root);
  const choose = (part: number | null, tell = true) => {
    if (part === chosen) return;
    chosen = part;
    readout.textContent = part === null ? options.hint : parts.say(part);
    surface.invalidate();
    if (tell) options.onHover?.(part);
  };
  const abort = new AbortController();
  const { signal } = abort;
  canvas.addEventListener("pointermove", (event) => choose(parts.at(surface.size, event.offsetX, event.offsetY)), {
    signal,
  });
  canvas.addEventListener("pointerleave", () => choose(null), { signal });
  canvas.addEventListener("blur", () => choose(null), { signal });
  canvas.addEventListener("click", () => chosen !== null && options.onChoose?.(chosen), { signal });
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") return choose(null);
      if ((event.key === "Enter" || event.key === " ") && chosen !== null) {
        event.preventDefault();
        return options.onChoose?.(chosen);
      }
      const next = parts.move(event.key, chosen);
      if (next === null) return;
      event.preventDefault();
      choose(next);
    },
    { signal },
  );
  const table = tableAlternative(() => parts.table());
  const files = exportBar(parts, options, () => surface.size);
  root.append(readout, files, table.element);
  parent.append(root);
  const refresh = () => {
    canvas.setAttribute("aria-label", `${parts.summary} Arrow keys walk it.`);
    resize();
    table.refresh();
    surface.invalidate();
  };
  refresh();
  return {
    element: root,
    refresh,
    choose: (part) => choose(part, false),
    dispose() {
      abort.abort();
      watcher.disconnect();
      surface.dispose();
      root.remove();
    },
  };
}

function exportBar(parts: PictureParts, { theme, save }: PictureOptions, sizeOf: () => Size): HTMLElement {
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
  button("CSV", "Save the numbers", () => save(`${parts.name}.csv`, { text: csvOf(parts.table()) }));
  button("SVG", "Save the picture as vectors", () => {
    const { width, height } = sizeOf();
    const palette = paletteOf(theme);
    const scene = parts.draw({ width, height }, palette, null);
    save(`${parts.name}.svg`, { text: sceneSvg(scene, width, height, palette.background) });
  });
  button("PNG", "Save the picture as pixels", () => {
    const base64 = pngOf(parts, sizeOf(), paletteOf(theme));
    if (base64 !== null) save(`${parts.name}.png`, { base64 });
  });
  return bar;
}

/** Twice the size on screen: for a page. */
function pngOf(parts: PictureParts, size: Size, palette: ChartPalette): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(2 * size.width));
  canvas.height = Math.max(1, Math.round(2 * size.height));
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.fillStyle = palette.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(2, 2);
  paintScene(context, parts.draw(size, palette, null));
  const url = canvas.toDataURL("image/png");
  return url.slice(url.indexOf(",") + 1);
}

function csvOf({ columns, rows }: TableData): string {
  const field = (text: string) => {
    // A name from an untrusted file must not become a formula in a spreadsheet.
    const safe = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}
