/** Shapes of marks, so that series are told apart without colour. In the order of `ChartPalette.series`; further ones repeat. */
const SHAPES = ["disc", "square", "triangle", "diamond", "cross", "ring"] as const;
export type MarkShape = (typeof SHAPES)[number];

export function markOf(series: number): MarkShape {
  return SHAPES[series % SHAPES.length]!;
}

export function drawMark(
  context: CanvasRenderingContext2D,
  shape: MarkShape,
  x: number,
  y: number,
  radius: number,
): void {
  context.beginPath();
  switch (shape) {
    case "disc":
    case "ring":
      context.arc(x, y, radius, 0, 2 * Math.PI);
      break;
    case "square":
      context.rect(x - radius * 0.9, y - radius * 0.9, 1.8 * radius, 1.8 * radius);
      break;
    case "triangle":
      context.moveTo(x, y - 1.2 * radius);
      context.lineTo(x + 1.1 * radius, y + 0.8 * radius);
      context.lineTo(x - 1.1 * radius, y + 0.8 * radius);
      context.closePath();
      break;
    case "diamond":
      context.moveTo(x, y - 1.25 * radius);
      context.lineTo(x + 1.25 * radius, y);
      context.lineTo(x, y + 1.25 * radius);
      context.lineTo(x - 1.25 * radius, y);
      context.closePath();
      break;
    case "cross":
      context.moveTo(x - radius, y - radius);
      context.lineTo(x + radius, y + radius);
      context.moveTo(x - radius, y + radius);
      context.lineTo(x + radius, y - radius);
      break;
  }
  if (shape === "ring" || shape === "cross") context.stroke();
  else context.fill();
}
