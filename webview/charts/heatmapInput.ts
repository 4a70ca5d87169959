import type { Disposable } from "../../src/base/disposable.ts";

export interface HeatmapGestures {
  pan(dx: number, dy: number): void;
  /** About a canvas point; about the middle where none is given. Returns whether the view changed. */
  zoom(factor: number, at?: { readonly x: number; readonly y: number }): boolean;
  fit(): void;
  hover(at: { readonly x: number; readonly y: number } | null): void;
  /** Moves the reading cursor by cells of the drawn level. */
  step(rows: number, columns: number): void;
}

const KEY_PAN = 40;
const KEY_ZOOM = 1.5;
const ARROWS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Wheel, drag and keys on the heatmap's canvas. */
export function attachHeatmapInput(canvas: HTMLCanvasElement, gestures: HeatmapGestures): Disposable {
  const abort = new AbortController();
  const { signal } = abort;
  let drag: { readonly id: number; x: number; y: number } | null = null;

  canvas.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 200 : 1;
      const factor = Math.exp(-Math.max(-200, Math.min(200, event.deltaY * unit)) * (event.ctrlKey ? 0.01 : 0.002));
      // At the fitted view, zooming out does nothing: the page scrolls on instead of being held here.
      if (gestures.zoom(factor, { x: event.offsetX, y: event.offsetY })) event.preventDefault();
    },
    { signal, passive: false },
  );
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      drag = { id: event.pointerId, x: event.offsetX, y: event.offsetY };
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (drag !== null && drag.id === event.pointerId) {
        gestures.pan(event.offsetX - drag.x, event.offsetY - drag.y);
        drag.x = event.offsetX;
        drag.y = event.offsetY;
      }
      gestures.hover({ x: event.offsetX, y: event.offsetY });
    },
    { signal },
  );
  const release = () => {
    drag = null;
  };
  canvas.addEventListener("pointerup", release, { signal });
  canvas.addEventListener("pointercancel", release, { signal });
  canvas.addEventListener("pointerleave", () => gestures.hover(null), { signal });
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!handleKey(event, gestures)) return;
      event.preventDefault();
    },
    { signal },
  );
  return { dispose: () => abort.abort() };
}

function handleKey(event: KeyboardEvent, gestures: HeatmapGestures): boolean {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const [rows, columns] = arrow;
    if (event.shiftKey) gestures.step(rows, columns);
    else gestures.pan(-columns * KEY_PAN, -rows * KEY_PAN);
    return true;
  }
  switch (event.key) {
    case "+":
    case "=":
      gestures.zoom(KEY_ZOOM);
      return true;
    case "-":
    case "_":
      gestures.zoom(1 / KEY_ZOOM);
      return true;
    case "0":
      gestures.fit();
      return true;
    case "Escape":
      gestures.hover(null);
      return true;
    default:
      return false;
  }
}
