import type { DescribedTensor } from "./tensor.ts";

/** How a vector is read as a picture. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly order: "channels-first" | "channels-last";
  /** Why it is read so: one phrase. */
  readonly evidence: string;
}

/** Sides of pictures that data sets in common use have. */
const KNOWN: Readonly<Record<number, { readonly side: number; readonly channels: number; readonly name: string }>> = {
  64: { side: 8, channels: 1, name: "8×8 digits" },
  256: { side: 16, channels: 1, name: "16×16 digits (USPS)" },
  784: { side: 28, channels: 1, name: "28×28 (MNIST, Fashion-MNIST)" },
  1024: { side: 32, channels: 1, name: "32×32" },
  3072: { side: 32, channels: 3, name: "32×32×3 (CIFAR, SVHN)" },
  12288: { side: 64, channels: 3, name: "64×64×3" },
};

/** The picture that a vector of this length is likely to be: a guess from the length alone, which a person can correct. Null for none. */
export function likelyImage(length: number): ImageShape | null {
  const known = KNOWN[length];
  if (known === undefined) return null;
  const { side, channels, name } = known;
  return { height: side, width: side, channels, order: "channels-first", evidence: `its length, as in ${name}` };
}

/** "28x28", "3x32x32" or "32x32x3"; null if that is no picture of so many pixels. */
export function imageOfText(text: string, length: number): ImageShape | null {
  const sides = /^\s*\d+(\s*[x×*,]\s*\d+){1,2}\s*$/i.test(text) ? text.split(/[x×*,]/i).map(Number) : [];
  const [a = 0, b = 0, c] = sides;
  if (sides.reduce((product, side) => product * side, 1) !== length || sides.length === 0) return null;
  const evidence = "your choice";
  if (c === undefined) return { height: a, width: b, channels: 1, order: "channels-first", evidence };
  if (c <= 4) return { height: a, width: b, channels: c, order: "channels-last", evidence };
  return { height: b, width: c, channels: a, order: "channels-first", evidence };
}

/** Where in the vector channel, row and column stand. */
export function pixelIndex(
  { height, width, channels, order }: ImageShape,
  channel: number,
  row: number,
  column: number,
): number {
  return order === "channels-first"
    ? (channel * height + row) * width + column
    : (row * width + column) * channels + channel;
}

/** How the inputs of a weight are a picture: a kernel's by its own axes, others by their number. */
export function inputImage(
  { matrix, shape, layout }: Pick<DescribedTensor, "matrix" | "shape" | "layout">,
  columns: number,
): ImageShape | null {
  const axes = matrix?.columnAxes ?? [];
  if (matrix?.kind !== "conv-reshaped" || axes.length !== 3 || shape.length !== 4) return likelyImage(columns);
  const channelAxis = layout === "in-out" ? 2 : 1;
  const [height = 1, width = 1] = axes.filter((axis) => axis !== channelAxis).map((axis) => shape[axis] ?? 1);
  const order = axes[0] === channelAxis ? "channels-first" : "channels-last";
  const channels = shape[channelAxis] ?? 1;
  return height * width * channels === columns
    ? { height, width, channels, order, evidence: "the kernel's own shape" }
    : null;
}
