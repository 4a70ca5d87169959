import { unzipSync, type Zippable, zipSync } from "fflate";
import type { Random } from "../../src/numerics/random.ts";
import { type Bytes, below, joined, mutateBytes, pick } from "./bytes.ts";

/**
 * Changes that leave a container whole, so that its readers are passed and what lies behind them is reached: an entry of a zip archive, packed
 * again with right checksums; a text header with its length field put right; numbers and strings of a text as whole tokens.
 */
type Structured = (random: Random, bytes: Bytes, other: Bytes) => Bytes | null;

const NUMBERS = [
  "-1",
  "0",
  "1e999",
  "-0",
  "0.5",
  "4294967296",
  "9007199254740993",
  "18446744073709551615",
  "1e15",
  "[]",
];
const STRINGS = ['""', '"__proto__"', '"../../etc/passwd"', '"F64"', '"\\u0000"', "null", "{}", "[1,[2,[3]]]"];
const TOKEN = /-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{}():,]/g;
/** Latin-1 both ways: a byte a character, whatever the bytes are. */
const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
const bytesOf = (text: string): Bytes => Uint8Array.from(text, (character) => character.charCodeAt(0) & 255);

function mutateText(random: Random, text: string): string {
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return text;
  let result = text;
  const chosen = Array.from({ length: 1 + below(random, 3) }, () => pick(random, tokens));
  // From the back: what was replaced does not move what comes before it.
  for (const token of chosen.sort((a, b) => b.index - a.index)) {
    const kind = /^["']/.test(token[0])
      ? STRINGS
      : /^-?\d/.test(token[0])
        ? NUMBERS
        : ["", "[", "]", "{", "}", ",", ":"];
    const put = random.uniform() < 0.7 ? pick(random, kind) : pick(random, tokens)[0];
    result = result.slice(0, token.index) + put + result.slice(token.index + token[0].length);
  }
  return result;
}

const wholeText: Structured = (random, bytes) => {
  const printable = bytes.subarray(0, 64).every((byte) => byte >= 9 && byte < 127);
  return bytes.length > 0 && printable ? bytesOf(mutateText(random, textOf(bytes))) : null;
};

/** A header of printable text behind a little-endian length of its own. */
const lengthAndText: Structured = (random, bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { at, width } of [
    { at: 0, width: 8 },
    { at: 8, width: 2 },
    { at: 8, width: 4 },
  ]) {
    if (bytes.length < at + width + 2) continue;
    const length = width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    const from = at + width;
    const text = bytes.subarray(from, from + length);
    if (length < 2 || from + length > bytes.length || bytes[from] !== 0x7b) continue;
    const header = bytesOf(mutateText(random, textOf(text)));
    const prefix = bytes.slice(0, from);
    new DataView(prefix.buffer).setUint16(at, header.length, true);
    return joined(prefix, header, bytes.subarray(from + length));
  }
  return null;
};

const NAMES = ["../up", "/abs", "", "a/data.pkl", "data.pkl", "__proto__", "x".repeat(300), "weights.npy"];

/** Any date will do. Of local time, as zip keeps it: the bytes are the same in every time zone. */
const ENTRY_DATE = new Date(2000, 0, 1);

const zipEntry: Structured = (random, bytes, other) => {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return null;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes);
  } catch {
    return null;
  }
  const names = Object.keys(entries);
  if (names.length === 0) return null;
  const named = names.filter((name) => /pkl|json|npy|xml|txt|version|byteorder/i.test(name));
  const name = named.length > 0 && random.uniform() < 0.8 ? pick(random, named) : pick(random, names);
  const entry = new Uint8Array(entries[name] ?? []);
  const dice = random.uniform();
  if (dice < 0.08) delete entries[name];
  else if (dice < 0.14) entries[pick(random, NAMES)] = entry;
  else if (dice < 0.18) entries[name] = new Uint8Array(0);
  else entries[name] = changed(random, entry, new Uint8Array(entries[pick(random, names)] ?? other));
  const level = random.uniform() < 0.8 ? 0 : 6;
  // Without a date of its own an entry gets the time of now, and the same case differs from one second to the next.
  return new Uint8Array(zipSync(entries as Zippable, { level, mtime: ENTRY_DATE }));
};

const STRUCTURED: readonly Structured[] = [zipEntry, lengthAndText, wholeText];

/** Half of the time within a structure, if one is recognised; else anywhere. */
export function changed(random: Random, bytes: Bytes, other: Bytes): Bytes {
  if (random.uniform() < 0.5) {
    for (const structured of STRUCTURED) {
      const result = structured(random, bytes, other);
      if (result !== null) return result;
    }
  }
  return mutateBytes(random, bytes, other);
}
