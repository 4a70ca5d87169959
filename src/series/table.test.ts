import { expect, test } from "vitest";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint } from "../formats/types.ts";
import { readDataTable } from "./table.ts";

function table(
  shape: readonly number[],
  values: readonly number[],
  name = "table",
): { checkpoint: Checkpoint; tensors: DescribedTensor[] } {
  const elements = shape.reduce((product, size) => product * size, 1);
  const tensor: DescribedTensor = {
    name,
    shape,
    dtype: "f64",
    elements,
    storedBytes: 8 * elements,
    role: "other",
    layout: "none",
    evidence: "",
    parts: [],
  };
  const checkpoint: Checkpoint = {
    format: "table",
    framework: "unknown",
    tensors: [tensor],
    metadata: {},
    findings: [],
    skipped: [],
    version: "1",
    axisLabels: { table: [["Canary", "Oak"], null] },
    bytesRead: () => 0,
    read: async () => Float64Array.from(values),
    close: async () => {},
  };
  return { checkpoint, tensors: [tensor] };
}

const never = new AbortController().signal;
const read = ({ checkpoint, tensors }: ReturnType<typeof table>) => readDataTable("t.csv", checkpoint, tensors, never);

test("items in rows become columns: Y is properties × items", async () => {
  const found = await read(table([2, 3], [1, 2, 3, 4, 5, 6]));
  expect(found).toMatchObject({ x: null, itemNames: ["Canary", "Oak"], propertyNames: null });
  expect(found.y).toEqual({ rows: 3, columns: 2, data: Float64Array.of(1, 4, 2, 5, 3, 6) });
});

test("what is no table is refused: no matrix, a gap with its place, more entries than a table has", async () => {
  await expect(read(table([4], [1, 2, 3, 4]))).rejects.toThrow("t.csv holds 0 matrices; a data table is one.");
  await expect(read(table([2, 2], [1, 2, Number.NaN, 4]))).rejects.toThrow("no number in row 1, column 0");
  await expect(read(table([1e5, 1e5], []))).rejects.toMatchObject({ code: "limit-exceeded" });
});
