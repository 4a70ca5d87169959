import { expect, test } from "vitest";
import { intoOneBuffer } from "./oneBuffer.ts";

function buffersOf(value: unknown, found = new Set<ArrayBufferLike>()): Set<ArrayBufferLike> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) buffersOf(item, found);
  return found;
}

test("hundreds of arrays come over in one buffer, each with its type and its values", () => {
  const outcomes = Array.from({ length: 300 }, (_, index) => ({
    target: `t${index}`,
    values: Float64Array.of(index, index + 0.5),
    line: Float32Array.of(1, 0.25, index),
    none: null,
    odd: Uint8Array.of(index % 256),
    signed: BigInt64Array.of(-5n),
  }));
  const message = { kind: "res", result: { outcomes, revision: 3 } };
  const sent = intoOneBuffer(message);
  expect(sent).toEqual(message);
  expect(buffersOf(message).size).toBe(1200);
  expect(buffersOf(sent).size).toBe(1);
});

test("a view of a part sends that part only; the same array twice stays one", () => {
  const pool = Float32Array.of(9, 1, 2, 9);
  const part = pool.subarray(1, 3);
  const sent = intoOneBuffer({ part, again: part, other: Uint16Array.of(7) });
  expect(sent).toEqual({ part: Float32Array.of(1, 2), again: Float32Array.of(1, 2), other: Uint16Array.of(7) });
  const [buffer] = buffersOf(sent);
  expect(buffer?.byteLength).toBe(16);
});

test("a message without arrays is the message itself", () => {
  const message = { kind: "evt", data: { run: "r", list: [1, "a", null, undefined] } };
  expect(intoOneBuffer(message)).toBe(message);
});
