import type { Disposable } from "../../src/base/disposable.ts";
import { type ImageShape, pixelIndex } from "../../src/base/imageShape.ts";
import { cssColour, divergingColour } from "./colourMap.ts";
import { make } from "./dom.ts";
import type { ChartTheme } from "./theme.ts";

/** Of a side on the screen, in CSS pixels. */
const SIDE = 140;
const SMALL = 56;
/** More channels than these are not drawn one by one. */
const MOST_CHANNELS = 16;

/**
 * A vector over pixels as a picture: sign by the diverging colours, zero their centre, the largest entry full colour. Three channels are also shown together,
 * as the colour that the mode adds to middle grey.
 */
export function modePicture(
  parent: HTMLElement,
  theme: ChartTheme,
  { vector, shape, title }: { readonly vector: ArrayLike<number>; readonly shape: ImageShape; readonly title: string },
): Disposable {
  const { height, width, channels } = shape;
  const box = make("figure", "ms-mode-pictures");
  const shown = Math.min(channels, MOST_CHANNELS);
  let largest = 0;
  for (let at = 0; at < vector.length; at++) largest = Math.max(largest, Math.abs(vector[at]!));
  const side = channels === 1 ? SIDE : SMALL;
  const paint: (() => void)[] = [];
  const add = (label: string, size: number, colourAt: (row: number, column: number) => string) => {
    const canvas = make("canvas", "ms-mode-picture");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    canvas.title = label;
    [canvas.width, canvas.height] = [width, height];
    canvas.style.width = `${Math.round(size * Math.min(1, width / height))}px`;
    canvas.style.height = `${Math.round(size * Math.min(1, height / width))}px`;
    box.append(canvas);
    paint.push(() => {
      const context = canvas.getContext("2d");
      if (context === null) return;
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          context.fillStyle = colourAt(row, column);
          context.fillRect(column, row, 1, 1);
        }
    });
  };
  const value = (channel: number, row: number, column: number) =>
    largest === 0 ? 0 : (vector[pixelIndex(shape, channel, row, column)] ?? 0) / largest;
  if (channels === 3)
    add(`${title}, in colour`, SIDE, (row, column) => {
      const [r, g, b] = [0, 1, 2].map((channel) => Math.round(127.5 * (1 + value(channel, row, column))));
      return `rgb(${r} ${g} ${b})`;
    });
  for (let channel = 0; channel < shown; channel++)
    add(channels === 1 ? title : `${title}, channel ${channel}`, side, (row, column) =>
      cssColour(divergingColour(theme.kind, value(channel, row, column))),
    );
  const more = channels > shown ? `; ${channels - shown} more channels are not drawn` : "";
  box.append(
    make(
      "figcaption",
      "ms-note",
      `${title} as ${height}×${width}${channels > 1 ? `×${channels}` : ""} (${shape.evidence})${more}`,
    ),
  );
  const draw = () => {
    for (const one of paint) one();
  };
  draw();
  const themed = theme.onChange(draw);
  parent.append(box);
  return {
    dispose() {
      themed.dispose();
      box.remove();
    },
  };
}
