import type { HeatmapTile } from "../../src/analysis/heatmap/types.ts";
import { divergingLut, nanColours, paintValues } from "./colourMap.ts";
import type { ChartTheme } from "./theme.ts";

/** What the colours of a tile depend on; a change of any makes its picture stale. */
export interface Colouring {
  readonly kind: ChartTheme["kind"];
  readonly limit: number;
}

let lutKind: ChartTheme["kind"] | null = null;
let lut = new Uint32Array(0);

function lutOf(kind: ChartTheme["kind"]): Uint32Array {
  if (lutKind !== kind) {
    lut = divergingLut(kind);
    lutKind = kind;
  }
  return lut;
}

/** A tile and its picture, painted when it is first drawn: panning then copies pictures and colours nothing. */
export class TilePicture {
  #canvas: HTMLCanvasElement | null = null;
  #colouring: Colouring | null = null;

  constructor(readonly tile: HeatmapTile) {}

  picture(colouring: Colouring): HTMLCanvasElement {
    this.#canvas ??= document.createElement("canvas");
    if (this.#colouring?.kind === colouring.kind && this.#colouring.limit === colouring.limit) return this.#canvas;
    const { values, tileRows, tileColumns } = this.tile;
    this.#canvas.width = tileColumns;
    this.#canvas.height = tileRows;
    const context = this.#canvas.getContext("2d");
    if (context !== null) {
      const image = context.createImageData(tileColumns, tileRows);
      const words = new Uint32Array(image.data.buffer);
      paintValues(values, tileColumns, colouring.limit, lutOf(colouring.kind), nanColours(colouring.kind), words);
      context.putImageData(image, 0, 0);
    }
    this.#colouring = colouring;
    return this.#canvas;
  }
}
