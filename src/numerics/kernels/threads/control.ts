/**
 * The control block: a word for the kernel, then for each helper the number of the call it is asked for and of the last one it has done, then operands as
 * float64. A helper is woken by its own word only, so that it never sees a call that it has no part in.
 */
export const KERNEL = 0;

export const askedAt = (helper: number): number => 1 + 2 * helper;
export const doneAt = (helper: number): number => 2 + 2 * helper;

/** What a helper has done before it is ready, and after it failed. */
export const STARTING = -1;
export const BROKEN = -2;

/** No kernel takes more operands. */
const OPERANDS = 16;

/** A few microseconds of looking before a thread goes to sleep: calls often come in a row. */
const LOOKS = 2000;

export interface Control {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly operands: Float64Array<SharedArrayBuffer>;
}

function wordBytes(helpers: number): number {
  return Math.ceil(((1 + 2 * helpers) * 4) / 8) * 8;
}

export function newControl(helpers: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(wordBytes(helpers) + helpers * OPERANDS * 8);
  const words = new Int32Array(buffer);
  for (let helper = 0; helper < helpers; helper++) words[doneAt(helper)] = STARTING;
  return buffer;
}

export function viewControl(buffer: SharedArrayBuffer, helpers: number): Control {
  const bytes = wordBytes(helpers);
  return {
    words: new Int32Array(buffer, 0, bytes / 4),
    operands: new Float64Array(buffer, bytes, helpers * OPERANDS),
  };
}

export function operandsOf({ operands }: Control, helper: number): Float64Array<SharedArrayBuffer> {
  return operands.subarray(helper * OPERANDS, (helper + 1) * OPERANDS);
}

/** Waits until the word is no longer `value`, or for `milliseconds`; looks for a moment before it sleeps. Returns the word. */
export function waitWhile(
  words: Int32Array<SharedArrayBuffer>,
  at: number,
  value: number,
  milliseconds?: number,
): number {
  for (let look = 0; look < LOOKS; look++) {
    const now = Atomics.load(words, at);
    if (now !== value) return now;
  }
  Atomics.wait(words, at, value, milliseconds);
  return Atomics.load(words, at);
}
