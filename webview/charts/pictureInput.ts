import type { Disposable } from "../../src/base/disposable.ts";

/** How a choice changes what is chosen already: it alone, it added or taken away, or all from the last one to it. */
export type Choosing = "only" | "toggle" | "extend";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PictureInput {
  at(x: number, y: number): number | null;
  cursor(): number | null;
  move(key: string): number | null;
  setCursor(part: number | null): void;
  choose(part: number, how: Choosing): void;
  /** Null where not everything can be chosen at once. */
  readonly all: (() => void) | null;
  /** True where there was a choice to clear. */
  none(): boolean;
  /** A rectangle that is being drawn open; null where none can be. */
  readonly drag: ((from: Point, to: Point, ended: boolean, more: boolean) => void) | null;
}

/** Pixels that a hand moves while it clicks. */
const STILL = 4;

/** Pointer and keys over a picture: one cursor for both, clicks and keys that choose, a rectangle. */
export function watchPicture(canvas: HTMLCanvasElement, input: PictureInput): Disposable {
  const abort = new AbortController();
  const { signal } = abort;
  let pressed: Point | null = null;
  let dragging = false;
  const pointOf = ({ offsetX, offsetY }: MouseEvent): Point => ({ x: offsetX, y: offsetY });
  const more = (event: MouseEvent) => event.ctrlKey || event.metaKey || event.shiftKey;
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ) => canvas.addEventListener(name, listener, { signal });

  on("pointerdown", (event) => {
    if (event.button !== 0 || input.drag === null) return;
    pressed = pointOf(event);
    dragging = false;
    canvas.setPointerCapture?.(event.pointerId);
  });
  on("pointermove", (event) => {
    const here = pointOf(event);
    if (pressed !== null && input.drag !== null) {
      dragging ||= Math.hypot(here.x - pressed.x, here.y - pressed.y) > STILL;
      if (dragging) {
        input.setCursor(null);
        return input.drag(pressed, here, false, more(event));
      }
    }
    input.setCursor(input.at(here.x, here.y));
  });
  on("pointerup", (event) => {
    if (dragging && pressed !== null) input.drag?.(pressed, pointOf(event), true, more(event));
    pressed = null;
  });
  on("pointercancel", (event) => {
    // The rectangle goes, and nothing in it is chosen.
    if (dragging && pressed !== null) input.drag?.(pressed, pressed, true, more(event));
    pressed = null;
    dragging = false;
  });
  on("pointerleave", () => pressed === null && input.setCursor(null));
  on("blur", () => input.setCursor(null));
  on("click", (event) => {
    // The end of a rectangle is no click.
    if (dragging) {
      dragging = false;
      return;
    }
    const part = input.cursor();
    if (part !== null)
      input.choose(part, event.shiftKey ? "extend" : event.ctrlKey || event.metaKey ? "toggle" : "only");
  });
  on("keydown", (event) => {
    const part = input.cursor();
    if (event.key === "Escape") {
      if (!input.none()) input.setCursor(null);
      return;
    }
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && input.all !== null) {
      event.preventDefault();
      return input.all();
    }
    if ((event.key === "Enter" || event.key === " ") && part !== null) {
      event.preventDefault();
      return input.choose(part, event.shiftKey ? "extend" : event.key === " " ? "toggle" : "only");
    }
    const next = input.move(event.key);
    if (next === null) return;
    event.preventDefault();
    input.setCursor(next);
  });
  return { dispose: () => abort.abort() };
}
