import { labelsOfLength, MAX_LABEL_BYTES, readLabelFile } from "../../base/labels.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import type { ShownImages, ShownStimuli, ShownTexts } from "./types.ts";

/** Pictures on hover are small: larger ones are thinned out. */
const MOST_SIDE = 64;
const MOST_ELEMENTS = 2 ** 22;
/** Characters of a text that are shown: what is longer is a document. */
const MOST_CHARACTERS = 600;
const TEXTS = /\.(txt|json|csv|tsv)$/i;

/** Pictures or texts of the items on show: `rows` are their places among all items. Null where the file has no list of them. */
export function readStimuli(
  context: StudyContext,
  input: StudyInput,
  all: number,
  rows: readonly number[],
): Promise<ShownStimuli | null> {
  return TEXTS.test(input.uri) ? readTexts(context, input, all, rows) : readImages(context, input, all, rows);
}

/** One text a line, or a list as long as there are items in a file of names (JSON, CSV). */
async function readTexts(
  context: StudyContext,
  input: StudyInput,
  all: number,
  rows: readonly number[],
): Promise<ShownTexts | null> {
  const bytes = await context.readBytes(input, MAX_LABEL_BYTES);
  const lists = readLabelFile(new TextDecoder().decode(bytes), input.uri);
  const found =
    labelsOfLength(lists, all, ["stimuli", "texts", "text", "sentences", "sentence", "items", ""]) ??
    lists.find(({ labels }) => labels.length === all);
  if (found === undefined) return null;
  const texts = rows.map((row) => {
    const text = found.labels[row]!;
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  });
  return { kind: "texts", list: found.name, texts };
}

/**
 * Pictures of the items on show, from a file with one image an item: items × height × width, with channels last (1, 3, 4) or first. `rows` are the places of
 * the shown items along its first axis. Null where the file holds no such tensor.
 */
async function readImages(
  context: StudyContext,
  input: StudyInput,
  all: number,
  rows: readonly number[],
): Promise<ShownImages | null> {
  return context.withFile(input, async ({ tensors, checkpoint }) => {
    for (const { name, shape, elements } of tensors) {
      const layout = layoutOf(shape);
      if (shape[0] !== all || layout === null || elements / all > MOST_ELEMENTS) continue;
      const { height, width, channels, first } = layout;
      const step = Math.max(1, Math.ceil(Math.max(height, width) / MOST_SIDE));
      const [h, w] = [Math.ceil(height / step), Math.ceil(width / step)];
      const kept = channels === 4 ? 3 : channels;
      const values = new Float32Array(rows.length * h * w * kept);
      const per = elements / all;
      for (const [at, row] of rows.entries()) {
        context.cancel.throwIfCancelled();
        const pixels = await checkpoint.read(name, row * per, per, context.signal);
        for (let y = 0; y < h; y++)
          for (let x = 0; x < w; x++)
            for (let c = 0; c < kept; c++) {
              const from = first
                ? (c * height + y * step) * width + x * step
                : (y * step * width + x * step) * channels + c;
              values[((at * h + y) * w + x) * kept + c] = pixels[from]!;
            }
      }
      return { kind: "images", tensor: name, width: w, height: h, channels: kept, pixels: inBytes(values) };
    }
    return null;
  });
}

function layoutOf(
  shape: readonly number[],
): { height: number; width: number; channels: number; first: boolean } | null {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3 && a > 1 && b > 1) return { height: a, width: b, channels: 1, first: false };
  if (shape.length !== 4) return null;
  if (c === 1 || c === 3 || c === 4) return { height: a, width: b, channels: c, first: false };
  return a === 1 || a === 3 ? { height: b, width: c, channels: a, first: true } : null;
}

/** Bytes as they are where the values look like bytes, else stretched from the smallest to the largest value. */
function inBytes(values: Float32Array): Uint8Array<ArrayBuffer> {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const bytes = least >= 0 && most <= 255 && most > 1;
  const scale = most > least ? 255 / (most - least) : 0;
  return Uint8Array.from(values, (value) => Math.round(bytes ? value : (value - least) * scale));
}
