import type { Random } from "../../src/numerics/random.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** A whole number in [0, below). */
export const below = (random: Random, limit: number): number => Math.floor(random.uniform() * limit);
export const pick = <T>(random: Random, from: readonly T[]): T => from[below(random, from.length)] as T;

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A stretch of at most `longest` bytes: most errors of lengths show at short ones. */
function span(random: Random, size: number, longest: number): { readonly from: number; readonly to: number } {
  const from = below(random, size + 1);
  const length = Math.min(size - from, below(random, random.uniform() < 0.7 ? Math.min(16, longest) : longest) + 1);
  return { from, to: from + length };
}

/** Numbers at which readers break: signs, widths, products that overflow, sizes just beside the file's. */
function oddNumber(random: Random, size: number): bigint {
  return pick(random, [
    0n,
    1n,
    0x7fn,
    0xffn,
    0x7fffn,
    0xffffn,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_ffffn,
    2n ** 40n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
    BigInt(size),
    BigInt(size + 1),
    BigInt(Math.max(0, size - 1)),
    BigInt(size) * 1000n,
  ]);
}

function write(bytes: Bytes, at: number, width: number, value: bigint, little: boolean): void {
  for (let index = 0; index < width && at + index < bytes.length; index++) {
    const place = little ? index : width - 1 - index;
    bytes[at + index] = Number((value >> BigInt(8 * place)) & 0xffn);
  }
}

/** An offset at which a little-endian number is small and not zero, as lengths and counts are. */
function lengthField(random: Random, bytes: Bytes): { readonly at: number; readonly width: number } | null {
  const start = below(random, bytes.length);
  for (let step = 0; step < Math.min(bytes.length, 4096); step++) {
    const at = (start + step) % bytes.length;
    if (at + 8 > bytes.length) continue;
    const value = bytes[at]! + 256 * bytes[at + 1]! + 65_536 * (bytes[at + 2]! + 256 * bytes[at + 3]!);
    if (value > 0 && value <= 2 * bytes.length)
      return { at, width: bytes.subarray(at + 4, at + 8).every((b) => b === 0) ? 8 : 4 };
  }
  return null;
}

type Mutation = (random: Random, bytes: Bytes, other: Bytes) => Bytes;

const flip: Mutation = (random, bytes) => {
  const copy = bytes.slice();
  for (let count = 1 + below(random, 8); count > 0 && copy.length > 0; count--) {
    const at = below(random, copy.length);
    copy[at] = random.uniform() < 0.5 ? copy[at]! ^ (1 << below(random, 8)) : below(random, 256);
  }
  return copy;
};
const truncate: Mutation = (random, bytes) => bytes.slice(0, below(random, bytes.length + 1));
const remove: Mutation = (random, bytes) => {
  const { from, to } = span(random, bytes.length, bytes.length);
  return joined(bytes.subarray(0, from), bytes.subarray(to));
};
const repeat: Mutation = (random, bytes) => {
  const { from, to } = span(random, bytes.length, 4096);
  const piece = bytes.subarray(from, to);
  const copies = Array.from({ length: 1 + below(random, random.uniform() < 0.9 ? 3 : 64) }, () => piece);
  return joined(bytes.subarray(0, to), ...copies, bytes.subarray(to));
};
const insert: Mutation = (random, bytes) => {
  const at = below(random, bytes.length + 1);
  const noise = Uint8Array.from({ length: 1 + below(random, 64) }, () => below(random, 256));
  return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
};
const fill: Mutation = (random, bytes) => {
  const { from, to } = span(random, bytes.length, bytes.length);
  return bytes.slice().fill(pick(random, [0, 0xff, 0x80, 0x7f, 0x28, 0x5d]), from, to);
};
const transplant: Mutation = (random, bytes, other) => {
  const { from, to } = span(random, other.length, 512);
  const at = below(random, bytes.length + 1);
  const rest = random.uniform() < 0.5 ? at : Math.min(bytes.length, at + to - from);
  return joined(bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(rest));
};
const splice: Mutation = (random, bytes, other) =>
  joined(bytes.subarray(0, below(random, bytes.length + 1)), other.subarray(below(random, other.length + 1)));
const inflate: Mutation = (random, bytes) => {
  const copy = bytes.slice();
  const field = lengthField(random, copy);
  if (field === null) return copy;
  write(copy, field.at, field.width, oddNumber(random, copy.length), true);
  return copy;
};
const overwrite: Mutation = (random, bytes) => {
  const copy = bytes.slice();
  if (copy.length === 0) return copy;
  const little = random.uniform() < 0.7;
  write(copy, below(random, copy.length), pick(random, [1, 2, 4, 8]), oddNumber(random, copy.length), little);
  return copy;
};

const ALL: readonly Mutation[] = [
  flip,
  flip,
  flip,
  truncate,
  remove,
  repeat,
  insert,
  fill,
  transplant,
  splice,
  inflate,
  inflate,
  inflate,
  overwrite,
  overwrite,
];

/** One to four changes; `other` lends pieces. */
export function mutateBytes(random: Random, bytes: Bytes, other: Bytes): Bytes {
  let result = bytes;
  for (let count = 1 + below(random, random.uniform() < 0.6 ? 1 : 4); count > 0; count--)
    result = pick(random, ALL)(random, result, other);
  return result;
}
