import type { Disposable } from "../../src/base/disposable.ts";
import type { ChartTheme } from "../../webview/charts/theme.ts";
import { SvgContext } from "./svgContext.ts";

/** Pages are read on white. */
const THEME: ChartTheme = {
  kind: "light",
  color: (_variable, fallback = "#3b3b3b") => fallback,
  onChange: () => ({ dispose() {} }),
};

/** Draws one of the product's charts without a screen, in a DOM that lays nothing out: the canvas has the given size. */
export function drawChart(
  title: string,
  [width, height]: readonly [number, number],
  make: (parent: HTMLElement, theme: ChartTheme) => Disposable,
): string {
  const contexts = new Map<HTMLCanvasElement, SvgContext>();
  const sized: (() => void)[] = [];
  const undo = [
    replace(HTMLCanvasElement.prototype, "getContext", {
      value(this: HTMLCanvasElement) {
        const context = contexts.get(this) ?? new SvgContext();
        contexts.set(this, context);
        return context;
      },
    }),
    replace(HTMLElement.prototype, "clientWidth", { get: () => width }),
    replace(HTMLElement.prototype, "clientHeight", { get: () => height }),
    replace(globalThis, "ResizeObserver", {
      value: class {
        constructor(readonly told: () => void) {}
        observe() {
          sized.push(this.told);
        }
        disconnect() {}
      },
    }),
  ];
  const parent = document.createElement("div");
  const chart = make(parent, THEME);
  try {
    for (const tell of sized) tell();
    const canvas = parent.querySelector<HTMLCanvasElement>("canvas.ms-plot");
    const context = canvas === null ? undefined : contexts.get(canvas);
    if (context === undefined) throw new Error("the chart has no canvas");
    return context.svg(width, height, title);
  } finally {
    chart.dispose();
    for (const back of undo) back();
  }
}

/** Puts a property in the place of another; the answer puts it back. */
function replace(target: object, name: string, property: PropertyDescriptor): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...property, configurable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}
