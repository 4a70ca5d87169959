import { paintPart, type Scene } from "./scene.ts";
import type { Size } from "./viewport.ts";

/** Of a frame's sixteen milliseconds; the rest is the pointer's. */
const SLICE = 10;

/** A picture that is painted once, in slices where it has many marks, and then kept. */
export interface Still {
  readonly done: boolean;
  /** Paints on for a slice; true when all is there. */
  paint(): boolean;
  /** What is there by now, onto a context in CSS pixels. */
  show(onto: CanvasRenderingContext2D): void;
}

/** Null where nothing can be painted on. */
export function stillOf(scene: Scene, size: Size, density: number): Still | null {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(size.width * density);
  canvas.height = Math.round(size.height * density);
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.scale(density, density);
  let next = 0;
  return {
    get done() {
      return next >= scene.length;
    },
    paint() {
      if (next < scene.length) next = paintPart(context, scene, next, performance.now() + SLICE);
      return next >= scene.length;
    },
    show: (onto) => onto.drawImage(canvas, 0, 0, size.width, size.height),
  };
}
