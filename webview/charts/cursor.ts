import type { Disposable } from "../../src/base/disposable.ts";

/** The next index for a key, or null where the key does not move the cursor. */
export function moveIndex(key: string, index: number | null, count: number): number | null {
  if (count === 0) return null;
  const from = index ?? -1;
  const clamp = (value: number) => Math.max(0, Math.min(count - 1, value));
  switch (key) {
    case "ArrowRight":
      return clamp(from + 1);
    case "ArrowLeft":
      return clamp(index === null ? count - 1 : index - 1);
    case "PageDown":
      return clamp(from + 10);
    case "PageUp":
      return clamp(from - 10);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** One cursor over `count` marks, moved by pointer and by keys alike. */
export function attachCursor(
  canvas: HTMLCanvasElement,
  marks: { count(): number; at(x: number): number | null },
  moved: (index: number | null) => void,
): Disposable {
  const abort = new AbortController();
  const { signal } = abort;
  let index: number | null = null;
  const set = (next: number | null) => {
    if (next === index) return;
    index = next;
    moved(index);
  };
  canvas.addEventListener("pointermove", (event) => set(marks.at(event.offsetX)), { signal });
  canvas.addEventListener("pointerleave", () => set(null), { signal });
  canvas.addEventListener("blur", () => set(null), { signal });
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") return set(null);
      const next = moveIndex(event.key, index, marks.count());
      if (next === null) return;
      event.preventDefault();
      set(next);
    },
    { signal },
  );
  return { dispose: () => abort.abort() };
}
