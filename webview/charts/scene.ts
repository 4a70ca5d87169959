import { drawMark, type MarkShape } from "./marks.ts";

/** One mark of a picture that is drawn on a canvas and written as SVG alike. Lengths in CSS pixels. */
export type SceneMark =
  | {
      readonly kind: "rect";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly fill?: string;
      readonly stroke?: string;
      readonly line?: number;
      readonly opacity?: number;
    }
  | {
      readonly kind: "line";
      readonly points: readonly (readonly [number, number])[];
      readonly stroke: string;
      readonly line?: number;
      readonly dash?: readonly number[];
      readonly opacity?: number;
    }
  | {
      readonly kind: "mark";
      readonly shape: MarkShape;
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly colour: string;
      readonly opacity?: number;
    }
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly fill: string;
      readonly size?: number;
      readonly anchor?: "start" | "middle" | "end";
      /** Degrees, clockwise about (x, y). */
      readonly turn?: number;
    }
  | {
      readonly kind: "pixels";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly columns: number;
      readonly rows: number;
      readonly rgba: Uint8ClampedArray<ArrayBuffer>;
    };

export type Scene = readonly SceneMark[];

const FONT = "sans-serif";
const SIZE = 11;
const ALIGN = { start: "left", middle: "center", end: "right" } as const;

export function paintScene(context: CanvasRenderingContext2D, scene: Scene): void {
  for (const mark of scene) paintMark(context, mark);
}

/** Paints marks from the one given on until the time is up (performance.now(), milliseconds), at least one; says which is next. */
export function paintPart(context: CanvasRenderingContext2D, scene: Scene, from: number, until: number): number {
  let at = from;
  while (at < scene.length) {
    paintMark(context, scene[at++]!);
    if (performance.now() >= until) break;
  }
  return at;
}

function paintMark(context: CanvasRenderingContext2D, mark: SceneMark): void {
  context.save();
  if ("opacity" in mark && mark.opacity !== undefined) context.globalAlpha = mark.opacity;
  paint(context, mark);
  context.restore();
}

function paint(context: CanvasRenderingContext2D, mark: SceneMark): void {
  switch (mark.kind) {
    case "rect":
      if (mark.fill !== undefined) {
        context.fillStyle = mark.fill;
        context.fillRect(mark.x, mark.y, mark.width, mark.height);
      }
      if (mark.stroke !== undefined) {
        context.strokeStyle = mark.stroke;
        context.lineWidth = mark.line ?? 1;
        context.strokeRect(mark.x, mark.y, mark.width, mark.height);
      }
      return;
    case "line":
      context.strokeStyle = mark.stroke;
      context.lineWidth = mark.line ?? 1;
      context.setLineDash([...(mark.dash ?? [])]);
      context.beginPath();
      for (const [x, y] of mark.points) context.lineTo(x, y);
      context.stroke();
      return;
    case "mark":
      context.fillStyle = mark.colour;
      context.strokeStyle = mark.colour;
      context.lineWidth = 1.5;
      drawMark(context, mark.shape, mark.x, mark.y, mark.radius);
      return;
    case "text":
      context.fillStyle = mark.fill;
      context.font = `${mark.size ?? SIZE}px ${FONT}`;
      context.textAlign = ALIGN[mark.anchor ?? "start"];
      context.textBaseline = "middle";
      context.translate(mark.x, mark.y);
      if (mark.turn !== undefined) context.rotate((mark.turn * Math.PI) / 180);
      context.fillText(mark.text, 0, 0);
      return;
    case "pixels": {
      const canvas = pixelCanvas(mark);
      context.imageSmoothingEnabled = false;
      if (canvas !== null) context.drawImage(canvas, mark.x, mark.y, mark.width, mark.height);
    }
  }
}

/** By the pixels themselves: who draws the same ones again hands over the same array. */
const canvases = new WeakMap<Uint8ClampedArray, HTMLCanvasElement>();

function pixelCanvas({ rgba, columns, rows }: Extract<SceneMark, { kind: "pixels" }>): HTMLCanvasElement | null {
  const known = canvases.get(rgba);
  if (known !== undefined) return known;
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  context.putImageData(new ImageData(rgba, columns, rows), 0, 0);
  canvases.set(rgba, canvas);
  return canvas;
}

/** The picture as a file of its own, on its background. */
export function sceneSvg(scene: Scene, width: number, height: number, background: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const body = [`<rect width="100%" height="100%" fill="${escaped(background)}"/>`, ...scene.map(markSvg)].join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">\n${body}\n</svg>\n`;
}

function markSvg(mark: SceneMark): string {
  const faint = "opacity" in mark && mark.opacity !== undefined ? ` opacity="${mark.opacity}"` : "";
  switch (mark.kind) {
    case "rect":
      return `<rect x="${round(mark.x)}" y="${round(mark.y)}" width="${round(mark.width)}" height="${round(mark.height)}" fill="${escaped(mark.fill ?? "none")}"${
        mark.stroke === undefined ? "" : ` stroke="${escaped(mark.stroke)}" stroke-width="${mark.line ?? 1}"`
      }${faint}/>`;
    case "line": {
      const points = mark.points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
      const dash = mark.dash === undefined ? "" : ` stroke-dasharray="${mark.dash.join(" ")}"`;
      return `<polyline points="${points}" fill="none" stroke="${escaped(mark.stroke)}" stroke-width="${mark.line ?? 1}"${dash}${faint}/>`;
    }
    case "mark":
      return `${shapeSvg(mark)}${faint}/>`;
    case "text": {
      const turn = mark.turn === undefined ? "" : ` transform="rotate(${mark.turn} ${round(mark.x)} ${round(mark.y)})"`;
      return `<text x="${round(mark.x)}" y="${round(mark.y)}" fill="${escaped(mark.fill)}" font-size="${mark.size ?? SIZE}" text-anchor="${mark.anchor ?? "start"}" dominant-baseline="central"${turn}>${escaped(mark.text)}</text>`;
    }
    case "pixels": {
      const href = pixelCanvas(mark)?.toDataURL("image/png") ?? "";
      return `<image x="${round(mark.x)}" y="${round(mark.y)}" width="${round(mark.width)}" height="${round(mark.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${href}"/>`;
    }
  }
}

function shapeSvg({ shape, x, y, radius: r, colour }: Extract<SceneMark, { kind: "mark" }>): string {
  const fill = `fill="${escaped(colour)}"`;
  const stroke = `fill="none" stroke="${escaped(colour)}" stroke-width="1.5"`;
  const [cx, cy] = [round(x), round(y)];
  switch (shape) {
    case "square":
      return `<rect x="${round(x - 0.9 * r)}" y="${round(y - 0.9 * r)}" width="${round(1.8 * r)}" height="${round(1.8 * r)}" ${fill}`;
    case "triangle":
      return `<polygon points="${cx},${round(y - 1.2 * r)} ${round(x + 1.1 * r)},${round(y + 0.8 * r)} ${round(x - 1.1 * r)},${round(y + 0.8 * r)}" ${fill}`;
    case "diamond":
      return `<polygon points="${cx},${round(y - 1.3 * r)} ${round(x + 1.3 * r)},${cy} ${cx},${round(y + 1.3 * r)} ${round(x - 1.3 * r)},${cy}" ${fill}`;
    case "cross":
      return `<path d="M${round(x - r)} ${round(y - r)}L${round(x + r)} ${round(y + r)}M${round(x - r)} ${round(y + r)}L${round(x + r)} ${round(y - r)}" ${stroke}`;
    case "ring":
      return `<circle cx="${cx}" cy="${cy}" r="${r}" ${stroke}`;
    default:
      return `<circle cx="${cx}" cy="${cy}" r="${r}" ${fill}`;
  }
}

const round = (value: number): number => Number(value.toFixed(2));

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
