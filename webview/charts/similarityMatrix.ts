import type { Disposable } from "../../src/base/disposable.ts";
import { cssColour, divergingColour } from "./colourMap.ts";
import { tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";

export interface SimilarityData {
  readonly names: readonly string[];
  /** rows × rows, row-major, in the order in which they are drawn. */
  readonly values: ArrayLike<number>;
  readonly rowHeight: number;
}

export interface SimilarityMatrix extends Disposable {
  readonly element: HTMLElement;
  /** Outlines these stretches of rows as blocks, and the row and column of one line; null for none. */
  select(blocks: readonly (readonly [number, number])[], row: number | null): void;
}

/** A table of more is none that anybody reads. */
const MOST_IN_TABLE = 40;
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Similarities of all pairs, a cell a pair, in the rows of what stands beside it. Largest value of two different items: full
 * colour; zero: the map's centre. The arrow keys move a
 * cursor whose pair is said; Enter chooses it.
 */
export function similarityMatrix(
  theme: ChartTheme,
  { names, values, rowHeight }: SimilarityData,
  onPair: (row: number, column: number) => void,
): SimilarityMatrix {
  const n = names.length;
  const element = make("div", "ms-similarity");
  const canvas = make("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "matrix");
  canvas.setAttribute(
    "aria-label",
    `Similarity of ${n} items in the order of the tree. Arrow keys move, Enter chooses a pair.`,
  );
  const scale = Math.min(rowHeight, Math.max(1, Math.floor(2048 / n)));
  canvas.width = n * scale;
  canvas.height = n * scale;
  canvas.style.width = `${n * rowHeight}px`;
  canvas.style.height = `${n * rowHeight}px`;
  const said = make("div", "ms-similarity-said");
  said.setAttribute("aria-live", "polite");
  const table = tableAlternative(() => ({
    caption: `Similarity of ${n} items in the order of the tree${n > MOST_IN_TABLE ? `, the first ${MOST_IN_TABLE}` : ""}.`,
    columns: ["Item", ...names.slice(0, MOST_IN_TABLE)],
    rows: names
      .slice(0, MOST_IN_TABLE)
      .map((name, i) => [name, ...names.slice(0, MOST_IN_TABLE).map((_, j) => numberText(values[i * n + j]!))]),
  }));
  element.append(canvas, said, table.element);

  // Of different items: an item is most like itself, and would leave no colour for the others.
  let largest = 0;
  for (let at = 0; at < values.length; at++)
    if (n === 1 || at % (n + 1) !== 0) largest = Math.max(largest, Math.abs(values[at]!));
  let cursor: readonly [number, number] | null = null;
  let blocks: readonly (readonly [number, number])[] = [];
  let line: number | null = null;
  const draw = () => {
    const context = canvas.getContext("2d");
    if (context === null) return;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        context.fillStyle = cssColour(
          divergingColour(theme.kind, largest === 0 ? 0 : Math.max(-1, Math.min(1, values[i * n + j]! / largest))),
        );
        context.fillRect(j * scale, i * scale, scale, scale);
      }
    const palette = paletteOf(theme);
    const outline = (x: number, y: number, w: number, h: number, colour: string) => {
      // On two colours: one of them is seen on any cell.
      context.lineWidth = 3;
      context.strokeStyle = palette.background;
      context.strokeRect(x * scale + 1.5, y * scale + 1.5, w * scale - 3, h * scale - 3);
      context.lineWidth = 1.5;
      context.strokeStyle = colour;
      context.strokeRect(x * scale + 1.5, y * scale + 1.5, w * scale - 3, h * scale - 3);
    };
    for (const [from, to] of blocks) outline(from, from, to - from, to - from, palette.foreground);
    if (line !== null) {
      outline(0, line, n, 1, palette.focus);
      outline(line, 0, 1, n, palette.focus);
    }
    if (cursor !== null) outline(cursor[1], cursor[0], 1, 1, palette.focus);
  };
  const pairText = (i: number, j: number) => `${names[i]} · ${names[j]}: ${numberText(values[i * n + j]!)}`;
  const at = (event: MouseEvent): readonly [number, number] => [
    Math.max(0, Math.min(n - 1, Math.floor(event.offsetY / rowHeight))),
    Math.max(0, Math.min(n - 1, Math.floor(event.offsetX / rowHeight))),
  ];
  const move = (to: readonly [number, number]) => {
    cursor = to;
    said.textContent = pairText(...to);
    draw();
  };
  canvas.addEventListener("mousemove", (event) => {
    canvas.title = pairText(...at(event));
  });
  canvas.addEventListener("click", (event) => {
    move(at(event));
    onPair(...at(event));
  });
  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step !== undefined) {
      const [i, j] = cursor ?? [0, 0];
      const inside = (value: number) => Math.max(0, Math.min(n - 1, value));
      move(cursor === null ? [0, 0] : [inside(i + step[0]), inside(j + step[1])]);
    } else if ((event.key === "Enter" || event.key === " ") && cursor !== null) onPair(...cursor);
    else return;
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => {
    cursor = null;
    draw();
  });
  draw();
  const changed = theme.onChange(draw);
  return {
    element,
    select(chosen, row) {
      blocks = chosen;
      line = row;
      draw();
    },
    dispose() {
      changed.dispose();
      element.remove();
    },
  };
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
