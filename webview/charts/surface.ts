import type { Disposable } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import type { ChartTheme } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface Surface extends Disposable {
  readonly canvas: HTMLCanvasElement;
  readonly size: Size;
  /** Device pixels per CSS pixel. */
  readonly density: number;
  /** Draws in the next animation frame; calls until then count once. */
  invalidate(): void;
}

/** A canvas that follows its box, the screen's density and the theme, and is drawn only when something changed. */
export function createSurface(
  parent: HTMLElement,
  theme: ChartTheme,
  className: string,
  draw: (context: CanvasRenderingContext2D, size: Size) => void,
  resized: () => void = () => {},
): Surface {
  const canvas = make("canvas", `ms-canvas ${className}`);
  canvas.setAttribute("role", "img");
  canvas.tabIndex = 0;
  parent.append(canvas);
  const context = canvas.getContext("2d");
  let size: Size = { width: 0, height: 0 };
  let density = 1;
  let frame = 0;

  const paint = () => {
    frame = 0;
    if (context === null || size.width === 0 || size.height === 0) return;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    draw(context, size);
  };
  const invalidate = () => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const measure = () => {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    density = Math.max(1, window.devicePixelRatio || 1);
    if (width !== size.width || height !== size.height) {
      size = { width, height };
      resized();
    }
    // Setting either clears the canvas, so it is drawn at once: a frame without a picture would flicker.
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    paint();
  };
  // Observing reports the first size too, before the first paint and after the caller has finished building.
  const observer = new ResizeObserver(measure);
  observer.observe(canvas);
  const themed = theme.onChange(invalidate);

  return {
    canvas,
    get size() {
      return size;
    },
    get density() {
      return density;
    },
    invalidate,
    dispose() {
      observer.disconnect();
      themed.dispose();
      if (frame !== 0) cancelAnimationFrame(frame);
      canvas.remove();
    },
  };
}
