/**
 * Large arrays of a result travel by themselves, a slice at a time, so that no message keeps a window's thread for longer than a frame or two: in the
 * result a note stands for each of them until all of its bytes are there.
 */
export const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
  Int8Array,
} as const;
export type ArrayName = keyof typeof ARRAYS;
export type Values = InstanceType<(typeof ARRAYS)[ArrayName]>;

/** Arrays that one message holds beside its other content; what does not fit travels apart. */
const BESIDE_BYTES = 2 ** 18;
/** Smaller arrays are never worth a message of their own. */
const ALWAYS_BESIDE = 2 ** 10;
/** Bytes of an array that one message holds. */
export const SLICE_BYTES = 2 ** 20;

/** Stands for an array. */
export interface ApartNote {
  readonly $apart: number;
  readonly type: ArrayName;
  readonly length: number;
}

export function isArrayName(name: string): name is ArrayName {
  return Object.hasOwn(ARRAYS, name);
}

const isValues = (value: object): value is Values => ArrayBuffer.isView(value) && isArrayName(value.constructor.name);

/** How many bytes of arrays one message may still hold; counted down. */
export interface Room {
  left: number;
}

export const roomOfMessage = (): Room => ({ left: BESIDE_BYTES });

/** Plain data with notes in the place of those arrays that do not fit; `keep` takes such an array and says by which number it can be asked for. */
export function takenApart(value: unknown, room: Room, keep: (values: Values) => number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isValues(value)) {
    const { byteLength, length } = value;
    if (byteLength <= ALWAYS_BESIDE) return value;
    if (byteLength <= room.left) {
      room.left -= byteLength;
      return value;
    }
    return { $apart: keep(value), type: value.constructor.name, length };
  }
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((one) => takenApart(one, room, keep));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, takenApart(one, room, keep)]));
}

/** Data that has come over the wire, with arrays in the place of their notes. */
export function putTogether(value: unknown, arrayOf: (note: ApartNote) => Values): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map((one) => putTogether(one, arrayOf));
  const note = noteOf(value);
  if (note !== null) return arrayOf(note);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, putTogether(one, arrayOf)]));
}

function noteOf(value: object): ApartNote | null {
  if (!("$apart" in value) || !("type" in value) || !("length" in value)) return null;
  const { $apart, type, length } = value;
  return typeof $apart === "number" && typeof type === "string" && isArrayName(type) && typeof length === "number"
    ? { $apart, type, length }
    : null;
}

/** Bytes of an array from one of its bytes on, at most a slice, in a buffer of their own: a view would take all of its buffer along. */
export function sliceOf({ buffer, byteOffset, byteLength }: Values, from: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice(from, from + SLICE_BYTES);
}
