import type { SniffInput } from "../types.ts";

/** Fields of ModelProto by number, with their wire types. */
const MODEL_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);
/** First fields that a GraphProto may begin with: nodes, name, initializers, description, values, annotations, metadata. */
const GRAPH_TAGS = new Set([1, 2, 5, 10, 11, 12, 13, 14, 15, 16].map((field) => field * 8 + 2));
const MAX_IR_VERSION = 100;
const GRAPH = 7;
const LONG_TEXTS = new Set([6, 14, 25]);

/**
 * A model has no magic number: its first bytes must be fields of a ModelProto, with a version of the format among them and a graph
 * (or a long field before it that leaves the head).
 */
export function looksLikeOnnx({ head, size }: SniffInput): boolean {
  let at = 0;
  let version = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = head[at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < head.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (MODEL_FIELDS.get(field) !== tag % 8) return false;
    const value = varint();
    if (Number.isNaN(value)) return false;
    if (tag % 8 === 0) {
      if (field === 1) version = value;
      if (field === 1 && (value < 1 || value > MAX_IR_VERSION)) return false;
      continue;
    }
    if (version === 0 && field === GRAPH && value === 0) return false;
    if (field === GRAPH) return version > 0 && (value === 0 || GRAPH_TAGS.has(head[at] ?? 0));
    at += value;
    // What claims more than the file has is still a model if it began like one: the reader says where it is damaged.
    if (at > head.length) return version > 0 && LONG_TEXTS.has(field) && value <= Math.max(size, 1) * 2;
  }
  return false;
}
