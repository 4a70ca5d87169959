import type { Disposable } from "../../src/base/disposable.ts";
import { type TableData, tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { exportBar, type SaveFile } from "./pictureFiles.ts";
import { type Choosing, type Point, watchPicture } from "./pictureInput.ts";
import { paintScene, type Scene } from "./scene.ts";
import { type Still, stillOf } from "./still.ts";
import { createSurface } from "./surface.ts";
import { type ChartPalette, type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export type { SaveFile } from "./pictureFiles.ts";

/** A picture whose parts can be walked by pointer and keys. Parts are numbered as their owner likes. */
export interface PictureParts {
  /** For screen readers: what the picture shows. */
  readonly summary: string;
  height(width: number): number;
  /** The picture; without `over` also what the cursor adds to it. */
  draw(size: Size, palette: ChartPalette, cursor: number | null): Scene;
  /** What cursor and choice add to the picture, which is then drawn once and kept: for pictures of many marks. */
  over?(size: Size, palette: ChartPalette, cursor: number | null): Scene;
  at(size: Size, x: number, y: number): number | null;
  /** Parts in a rectangle that is drawn open with the pointer; left out: none can be. */
  within?(size: Size, from: Point, to: Point): readonly number[];
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
  /** Draws it anew from what its owner has now. */
  refresh(): void;
  /** Draws the choice anew, and nothing else. */
  refreshOver(): void;
  choose(part: number | null): void;
}

export interface PictureOptions {
  readonly theme: ChartTheme;
  readonly save: SaveFile;
  /** What is said while nothing is chosen. */
  readonly hint: string;
  onHover?(part: number | null): void;
  /** By click or Enter ("only"), with Ctrl or by Space ("toggle"), with Shift ("extend"). */
  onChoose?(part: number, how: Choosing): void;
  /** Parts of a rectangle; `more`: beside what is chosen. */
  onArea?(parts: readonly number[], more: boolean): void;
  /** Ctrl+A. */
  onAll?(): void;
  /** Escape; true where there was a choice to clear. */
  onNone?(): boolean;
}

/** Milliseconds. */
const OUTDATED = 100;

/** A figure: the picture, one line that reads the part under the cursor, the same as a table, and the files it can be saved as. */
export function scenePicture(parent: HTMLElement, parts: PictureParts, options: PictureOptions): ScenePicture {
  const { theme } = options;
  const root = make("figure", "ms-chart ms-scene");
  const readout = make("output", "ms-readout", options.hint);
  let cursor: number | null = null;
  let band: readonly [Point, Point] | null = null;
  let still: Still | null = null;
  /** The picture before, of the same size: shown until its successor is there, or every piece of news would flicker; but not for long, it is out of date. */
  let before: Still | null = null;
  let expires = 0;
  const renew = () => {
    if (still?.done === true) [before, expires] = [still, performance.now() + OUTDATED];
    still = null;
  };
  // Told before the surface is: it draws with what this throws away.
  const themed = theme.onChange(renew);
  const surface = createSurface(
    root,
    theme,
    "ms-scene-canvas",
    (context, size) => {
      const palette = paletteOf(theme);
      if (parts.over === undefined) paintScene(context, parts.draw(size, palette, cursor));
      else {
        still ??= stillOf(parts.draw(size, palette, null), size, surface.density);
        const done = still === null || still.paint();
        if (done || performance.now() > expires) before = null;
        if (!done) goOn();
        (before ?? still)?.show(context);
        paintScene(context, parts.over(size, palette, cursor));
      }
      if (band !== null) paintScene(context, [bandMark(band, palette)]);
    },
    () => {
      [still, before] = [null, null];
    },
  );
  const { canvas } = surface;
  const goOn = () => surface.invalidate();
  const resize = () => {
    canvas.style.height = `${Math.max(40, Math.round(parts.height(canvas.clientWidth || root.clientWidth || 600)))}px`;
  };
  const watcher = new ResizeObserver(resize);
  watcher.observe(root);
  const choose = (part: number | null, tell = true) => {
    if (part === cursor) return;
    cursor = part;
    readout.textContent = part === null ? options.hint : parts.say(part);
    surface.invalidate();
    if (tell) options.onHover?.(part);
  };
  const input = watchPicture(canvas, {
    at: (x, y) => parts.at(surface.size, x, y),
    cursor: () => cursor,
    move: (key) => parts.move(key, cursor),
    setCursor: choose,
    choose: (part, how) => options.onChoose?.(part, how),
    all: options.onAll ?? null,
    none: () => options.onNone?.() === true,
    drag:
      parts.within === undefined || options.onArea === undefined
        ? null
        : (from, to, ended, more) => {
            band = ended ? null : [from, to];
            surface.invalidate();
            if (ended) options.onArea?.(parts.within?.(surface.size, from, to) ?? [], more);
          },
  });
  const table = tableAlternative(() => parts.table());
  const picture = {
    get name() {
      return parts.name;
    },
    table: () => parts.table(),
    scene: (size: Size, palette: ChartPalette) => [
      ...parts.draw(size, palette, null),
      ...(parts.over?.(size, palette, null) ?? []),
    ],
  };
  const files = exportBar(picture, options.save, () => ({ size: surface.size, palette: paletteOf(theme) }));
  root.append(readout, files, table.element);
  parent.append(root);
  const refresh = () => {
    renew();
    canvas.setAttribute("aria-label", `${parts.summary} Arrow keys walk it.`);
    // The part under the cursor may be another one now.
    readout.textContent = cursor === null ? options.hint : parts.say(cursor);
    resize();
    table.refresh();
    surface.invalidate();
  };
  refresh();
  return {
    element: root,
    refresh,
    refreshOver: () => surface.invalidate(),
    choose: (part) => choose(part, false),
    dispose() {
      input.dispose();
      watcher.disconnect();
      themed.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

function bandMark([from, to]: readonly [Point, Point], palette: ChartPalette): Scene[number] {
  return {
    kind: "rect",
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
    stroke: palette.focus,
    line: 1.5,
  };
}
