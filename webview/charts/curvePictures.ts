import type { Disposable } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";

export interface CurvePicture {
  readonly title: string;
  /** One sentence for those who cannot see it. */
  readonly label: string;
  /** Coordinates of the points along two axes, in order. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly closed: boolean;
}

/** Small pictures of plane curves side by side, each in its own scale with equal units both ways; the first point is marked, the way is shaded from faint to full. */
export function curvePictures(
  parent: HTMLElement,
  theme: ChartTheme,
  first: readonly CurvePicture[],
): Disposable & { show(next: readonly CurvePicture[]): void } {
  const root = make("div", "ms-curve-pictures");
  root.setAttribute("role", "list");
  parent.append(root);
  let pictures = first;
  const canvases: HTMLCanvasElement[] = [];
  const paint = () => {
    for (const [k, picture] of pictures.entries()) drawCurve(canvases[k]!, picture, theme);
  };
  const observer = new ResizeObserver(paint);
  const build = () => {
    canvases.length = 0;
    root.replaceChildren(
      ...pictures.map(({ title, label }) => {
        const figure = make("figure", "ms-curve-picture");
        figure.setAttribute("role", "listitem");
        const canvas = make("canvas");
        canvas.setAttribute("role", "img");
        canvas.setAttribute("aria-label", label);
        canvases.push(canvas);
        const caption = make("figcaption", "", title);
        caption.title = label;
        figure.append(canvas, caption);
        return figure;
      }),
    );
    paint();
  };
  build();
  observer.observe(root);
  const themed = theme.onChange(paint);
  return {
    show(next) {
      pictures = next;
      build();
    },
    dispose() {
      observer.disconnect();
      themed.dispose();
      root.remove();
    },
  };
}

const MARGIN = 8;
const PIECES = 8;

function drawCurve(canvas: HTMLCanvasElement, { x, y, closed }: CurvePicture, theme: ChartTheme): void {
  const context = canvas.getContext("2d");
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (context === null || width === 0 || height === 0) return;
  const density = Math.max(1, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  context.setTransform(density, 0, 0, density, 0, 0);
  const palette = paletteOf(theme);
  const range = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  };
  const [across, up] = [range(x), range(y)];
  const unit = Math.max(across.half / (width / 2 - MARGIN), up.half / (height / 2 - MARGIN), 1e-300);
  const px = (value: number) => width / 2 + (value - across.middle) / unit;
  const py = (value: number) => height / 2 - (value - up.middle) / unit;
  context.strokeStyle = palette.grid;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.strokeStyle = palette.mark;
  context.lineWidth = 1.5;
  const count = x.length;
  const last = closed ? count : count - 1;
  for (let piece = 0; piece < PIECES; piece++) {
    context.globalAlpha = 0.3 + (0.7 * piece) / (PIECES - 1);
    context.beginPath();
    for (let k = Math.floor((piece * last) / PIECES); k <= Math.ceil(((piece + 1) * last) / PIECES); k++)
      context.lineTo(px(x[k % count]!), py(y[k % count]!));
    context.stroke();
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.spike;
  context.beginPath();
  context.arc(px(x[0] ?? 0), py(y[0] ?? 0), 3, 0, 2 * Math.PI);
  context.fill();
}
