import { expect, test } from "vitest";
import { openBytes } from "../_shared/fixtures.testkit.ts";
import { safetensorsFormat } from "./index.ts";
import { safetensorsBytes } from "./write.ts";

const TENSORS = [
  { name: "layers.0.weight", shape: [2, 3], data: Float32Array.of(1, -2.5, 3, Number.NaN, 1e-40, Number.MAX_VALUE) },
  { name: "empty", shape: [0, 4], data: new Float32Array(0) },
  { name: "größe", shape: [], data: Float32Array.of(0.1) },
];

test("what is written reads as it was, by this product's own reader", async () => {
  const checkpoint = await openBytes(safetensorsFormat, safetensorsBytes(TENSORS, { format: "pt", step: "7" }));
  expect(checkpoint.tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype }))).toEqual(
    TENSORS.map(({ name, shape }) => ({ name, shape, dtype: "f32" })),
  );
  for (const { name, data } of TENSORS)
    expect(Array.from(await checkpoint.read(name, 0, data.length))).toEqual(Array.from(data));
  expect(checkpoint.metadata).toMatchObject({ format: "pt", step: "7" });
});

test("a header padded to 8 bytes, then the values: the layout that the reference implementation writes", () => {
  const bytes = safetensorsBytes([{ name: "a", shape: [1], data: Float32Array.of(1) }]);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect((8 + length) % 8).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  expect(JSON.parse(header)).toEqual({
    __metadata__: {},
    a: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  });
  expect(header).toMatch(/^\{.*\} *$/);
  expect(Array.from(bytes.subarray(8 + length))).toEqual([0, 0, 0x80, 0x3f]);
});

test.each([
  [[{ name: "a", shape: [2], data: Float32Array.of(1) }]],
  [
    [
      { name: "a", shape: [], data: Float32Array.of(1) },
      { name: "a", shape: [], data: Float32Array.of(2) },
    ],
  ],
  [[{ name: "__metadata__", shape: [], data: Float32Array.of(1) }]],
  [[{ name: "", shape: [], data: Float32Array.of(1) }]],
])("what is no tensor is refused", (tensors) => {
  expect(() => safetensorsBytes(tensors)).toThrow("cannot be written");
});
