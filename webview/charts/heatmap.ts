import type { HeatmapTile } from "../../src/analysis/heatmap/types.ts";
import { type Disposable, DisposableStore } from "../../src/base/disposable.ts";
import { type ColourScale, colourBar } from "./colourBar.ts";
import { tableAlternative } from "./dataTable.ts";
import { make, segments, uniqueId } from "./dom.ts";
import { attachHeatmapInput } from "./heatmapInput.ts";
import { readCell } from "./heatmapReading.ts";
import { heatmapTable } from "./heatmapTable.ts";
import { createSurface } from "./surface.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";
import { TileLoader } from "./tileLoader.ts";
import { TilePicture } from "./tilePicture.ts";
import { cellAddress, coarsestLevel, levelFor, type TileAddress, tileBox, tilesIn } from "./tilePyramid.ts";
import { cellAt, fitted, type MatrixSize, panned, type Size, type Viewport, visibleBox, zoomed } from "./viewport.ts";

export type HeatmapOrder = "file" | "mode";

export interface HeatmapOptions {
  readonly matrix: MatrixSize;
  readonly order: HeatmapOrder;
  readonly scale: ColourScale;
  tile(address: TileAddress, order: HeatmapOrder, signal: AbortSignal): Promise<HeatmapTile>;
  /** Asked for by the order switch; the owner keeps it and the chart loads anew. */
  onOrder(order: HeatmapOrder): void;
  onScale(scale: ColourScale): void;
  /** The first tile is on screen. */
  onReady(): void;
  /** A tile could not be had; `retry` asks again. */
  onError(error: unknown, retry: () => void): void;
}

/** A matrix as a picture that pans and zooms: a pyramid of tiles, coarsest first, then those on screen. */
export function heatmap(parent: HTMLElement, theme: ChartTheme, options: HeatmapOptions): Disposable {
  const { matrix } = options;
  const coarsest = coarsestLevel(matrix.rows, matrix.columns);
  const store = new DisposableStore();
  let { order, scale } = options;
  let view: Viewport | null = null;
  let cursor: { readonly row: number; readonly column: number } | null = null;
  let limits: { readonly full: number; readonly robust: number } | null = null;

  const root = make("figure", "ms-chart ms-heatmap");
  const controls = make("div", "ms-chart-bar");
  const readout = make("output", "ms-readout");
  const bar = colourBar(theme);
  const help = make(
    "figcaption",
    "ms-caption",
    "Wheel or + and − zoom, 0 fits, drag or arrow keys pan, Shift+arrow keys read cells.",
  );
  help.id = uniqueId("ms-heatmap-help");
  parent.append(root);
  store.add({ dispose: () => root.remove() });

  const loaderFor = (current: HeatmapOrder) =>
    new TileLoader<TilePicture>((address, signal) => options.tile(address, current, signal), {
      keep(tile) {
        const first = limits === null;
        limits = { full: tile.limit, robust: tile.robustLimit };
        if (first) {
          bar.update(limit(), scale);
          options.onReady();
        }
        return new TilePicture(tile);
      },
      arrived() {
        table.refresh();
        say();
        surface.invalidate();
      },
      failed: (error) => options.onError(error, () => loader.retry()),
    });
  let loader = loaderFor(order);
  store.add({ dispose: () => loader.dispose() });

  const limit = () => {
    const value = limits === null ? 0 : scale === "robust" ? limits.robust : limits.full;
    // A matrix that is zero but for spikes has a robust limit of zero: then only the full one shows anything.
    return value > 0 ? value : (limits?.full ?? 0);
  };
  const currentView = (size: Size) => {
    const shown = view ?? fitted(matrix, size);
    // Before the layout is known there is no view to keep.
    if (size.width > 0 && size.height > 0) view = shown;
    return shown;
  };
  const currentLevel = () => {
    const { scaleX, scaleY } = currentView(surface.size);
    return levelFor(Math.max(scaleX, scaleY) * surface.density, coarsest);
  };

  const ask = () => {
    const { size } = surface;
    const top: TileAddress = { level: coarsest, tileRow: 0, tileColumn: 0 };
    if (size.width === 0 || size.height === 0) return loader.want([top]);
    const level = currentLevel();
    const visible = tilesIn(visibleBox(currentView(size), matrix, size), level, matrix.rows, matrix.columns);
    loader.want(level === coarsest ? [top] : [top, ...visible]);
  };
  const find = (row: number, column: number) => {
    for (let level = currentLevel(); level <= coarsest; level++) {
      const place = cellAddress(row, column, level);
      const entry = loader.get(place.address);
      if (entry === undefined) continue;
      return { level, tile: entry.tile, value: entry.tile.values[place.row * entry.tile.tileColumns + place.column]! };
    }
    return null;
  };
  const say = () => {
    if (cursor === null) {
      readout.textContent = `${matrix.rows} × ${matrix.columns}${currentLevel() === 0 ? "" : `, drawn as means of ${2 ** currentLevel()}×${2 ** currentLevel()}`}`;
      return;
    }
    const found = find(cursor.row, cursor.column);
    readout.textContent =
      found === null
        ? "loading…"
        : readCell({
            ...cursor,
            level: found.level,
            value: found.value,
            rows: matrix.rows,
            columns: matrix.columns,
            rowOrder: found.tile.rowOrder,
            columnOrder: found.tile.columnOrder,
          });
  };
  const look = (next: Viewport) => {
    const changed = JSON.stringify(next) !== JSON.stringify(view);
    view = next;
    if (!changed) return false;
    ask();
    say();
    surface.invalidate();
    table.refresh();
    return true;
  };

  const table = tableAlternative(() => {
    const level = currentLevel();
    const box = visibleBox(currentView(surface.size), matrix, surface.size);
    return heatmapTable(box, level, (row, column) => {
      const entry = loader.get(cellAddress(row, column, level).address);
      return entry === undefined ? null : (find(row, column)?.value ?? null);
    });
  });

  root.append(controls);
  const surface = createSurface(
    root,
    theme,
    "ms-heatmap-canvas",
    (context, size) => {
      const palette = paletteOf(theme);
      const { scaleX, scaleY, left, top } = currentView(size);
      const shown = visibleBox(currentView(size), matrix, size);
      const px = (column: number) => (column - left) * scaleX;
      const py = (row: number) => (row - top) * scaleY;
      const colouring = { kind: theme.kind, limit: limit() };
      context.save();
      context.beginPath();
      context.rect(px(0), py(0), matrix.columns * scaleX, matrix.rows * scaleY);
      context.clip();
      const finest = currentLevel();
      // Coarse tiles first: where a fine one is still on its way, the coarse one stays to be seen.
      for (let level = coarsest; level >= finest; level--) {
        const cell = 2 ** level;
        context.imageSmoothingEnabled = cell * Math.max(scaleX, scaleY) * surface.density < 1;
        for (const address of tilesIn(shown, level, matrix.rows, matrix.columns)) {
          const entry = loader.get(address);
          if (entry === undefined) continue;
          const box = tileBox(address, matrix.rows, matrix.columns);
          const { tileColumns, tileRows } = entry.tile;
          const image = entry.picture(colouring);
          context.drawImage(image, px(box.left), py(box.top), tileColumns * cell * scaleX, tileRows * cell * scaleY);
        }
      }
      context.restore();
      context.strokeStyle = palette.grid;
      context.strokeRect(px(0) + 0.5, py(0) + 0.5, matrix.columns * scaleX - 1, matrix.rows * scaleY - 1);
      if (cursor === null) return;
      const span = 2 ** finest;
      const x = px(Math.floor(cursor.column / span) * span);
      const y = py(Math.floor(cursor.row / span) * span);
      context.lineWidth = 2;
      context.strokeStyle = palette.focus;
      context.strokeRect(x - 1, y - 1, Math.max(3, scaleX * span) + 2, Math.max(3, scaleY * span) + 2);
    },
    () => {
      if (view !== null) view = zoomed(view, 1, { x: 0, y: 0 }, matrix, surface.size);
      ask();
      say();
    },
  );
  store.add(surface);
  surface.canvas.setAttribute("aria-describedby", help.id);
  surface.canvas.setAttribute(
    "aria-label",
    `Heatmap of a matrix of ${matrix.rows} rows and ${matrix.columns} columns, colours centred at zero.`,
  );

  const middle = () => ({ x: surface.size.width / 2, y: surface.size.height / 2 });
  const zoom = (factor: number, at = middle()) =>
    look(zoomed(currentView(surface.size), factor, at, matrix, surface.size));
  const fit = () => {
    look(fitted(matrix, surface.size));
  };
  store.add(
    attachHeatmapInput(surface.canvas, {
      pan: (dx, dy) => {
        look(panned(currentView(surface.size), dx, dy, matrix, surface.size));
      },
      zoom,
      fit,
      hover(at) {
        cursor = at === null ? null : cellAt(currentView(surface.size), at.x, at.y, matrix);
        say();
        surface.invalidate();
      },
      step(rows, columns) {
        const { x, y } = middle();
        const span = 2 ** currentLevel();
        const from = cursor ?? cellAt(currentView(surface.size), x, y, matrix) ?? { row: 0, column: 0 };
        const move = (value: number, by: number, count: number) => Math.max(0, Math.min(count - 1, value + by * span));
        cursor = { row: move(from.row, rows, matrix.rows), column: move(from.column, columns, matrix.columns) };
        follow(cursor);
        say();
        surface.invalidate();
      },
    }),
  );
  /** Keeps the reading cursor on the canvas. */
  const follow = (cell: { readonly row: number; readonly column: number }) => {
    const now = currentView(surface.size);
    const shift = (at: number, span: number) => (at < 0 ? -at : at > span ? span - at : 0);
    const dx = shift((cell.column + 0.5 - now.left) * now.scaleX, surface.size.width);
    const dy = shift((cell.row + 0.5 - now.top) * now.scaleY, surface.size.height);
    if (dx !== 0 || dy !== 0) look(panned(now, dx, dy, matrix, surface.size));
  };

  const button = (text: string, label: string, act: () => unknown) => {
    const element = make("button", "ms-segment", text);
    element.type = "button";
    element.setAttribute("aria-label", label);
    element.addEventListener("click", act);
    return element;
  };
  const zoomButtons = make("div", "ms-segments");
  zoomButtons.append(
    button("+", "Zoom in", () => zoom(1.5)),
    button("−", "Zoom out", () => zoom(1 / 1.5)),
    button("Fit", "Fit the whole matrix", fit),
  );
  controls.append(
    segments(
      "Order of rows and columns",
      [
        { id: "file", label: "As stored" },
        { id: "mode", label: "By leading mode" },
      ],
      order,
      (next) => {
        order = next;
        loader.dispose();
        limits = null;
        loader = loaderFor(order);
        options.onOrder(order);
        ask();
        surface.invalidate();
      },
    ),
    segments(
      "Colour scale",
      [
        { id: "robust", label: "Robust" },
        { id: "full", label: "Full range" },
      ],
      scale,
      (next) => {
        scale = next;
        options.onScale(scale);
        bar.update(limits === null ? null : limit(), scale);
        surface.invalidate();
      },
    ),
    zoomButtons,
    readout,
  );
  const themed = theme.onChange(() => bar.update(limits === null ? null : limit(), scale));
  store.add(themed);
  bar.update(null, scale);
  root.append(bar.element, help, table.element);
  ask();
  say();
  return store;
}
