import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import {
  countingSource,
  type ExpectedTensor,
  expectValues,
  fixtureBytes,
  fixtureUrl,
  noSiblings,
} from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { matrixOf, partsOf } from "../interpret/interpret.testkit.ts";
import type { OpenContext } from "../types.ts";
import { onnxFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("onnx/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const beside = (folder: string): OpenContext => ({
  sibling: async (name) => memorySource(fixtureBytes(`onnx/${folder}${name}`), `file:///folder/${name}`),
});
const open = (name: string, context: OpenContext = noSiblings) =>
  onnxFormat.open(memorySource(fixtureBytes(`onnx/${name}`), `file:///folder/${name}`), context);
const described = async (name: string) => {
  const tensors = new Map(describeTensors(await open(name)).map((tensor) => [tensor.name, tensor]));
  return (tensor: string) => tensors.get(tensor)!;
};

test.each(Object.keys(expected))("%s reads as the onnx package reads it", async (file) => {
  const checkpoint = await open(file, beside(file.includes("/") ? "external/" : ""));
  for (const [name, want] of Object.entries(expected[file]!)) {
    if (checkpoint.tensors.some((tensor) => tensor.name === `${name}/forward`)) {
      const half = want.values.length / 2;
      const [, ...shape] = want.shape;
      await expectValues(checkpoint, `${name}/forward`, { shape, values: want.values.slice(0, half) });
      await expectValues(checkpoint, `${name}/reverse`, { shape, values: want.values.slice(half) });
      continue;
    }
    if (!checkpoint.tensors.some((tensor) => tensor.name === name)) expect.fail(`${name} is not listed`);
    await expectValues(checkpoint, name, want);
  }
});

test("every data type is listed under its own name, texts are said, complex values are refused", async () => {
  const checkpoint = await open("dtypes.onnx");
  expect(new Set(checkpoint.tensors.map(({ dtype }) => dtype)).size).toBe(24);
  expect(checkpoint.skipped).toEqual([{ name: "texts", reason: "it holds texts" }]);
  await expect(checkpoint.read("c64", 0, 2)).rejects.toMatchObject({ code: "unsupported" });
  expect(checkpoint.metadata).toMatchObject({ producer: "modescope-fixtures", "small constants": 1 });
  expect(checkpoint.graph?.constants.get("new_shape")).toEqual([2, 6]);
});

test("weights in bodies, functions and Constant nodes are named by their path, and read in the way that they are used", async () => {
  const checkpoint = await open("control.onnx");
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected["control.onnx"]!).sort());
  const tensor = await described("control.onnx");
  expect(tensor("choice/then_branch/w_then").layout).toBe("in-out");
  expect(tensor("choice/else_branch/If_0/then_branch/w_inner")).toMatchObject({
    layout: "out-in",
    evidence: "weight of Gemm deep",
  });
  expect(tensor("choice/else_branch/If_0/then_branch/b_inner").role).toBe("bias");
  // Of the main graph, used in a branch of a branch.
  expect(tensor("outer")).toMatchObject({ role: "weight", layout: "in-out" });
  expect(tensor("scan/body/w_scan").evidence).toContain("weight of MatMul");
  // Handed to a function that transposes it before it multiplies: 6 outputs of 4 inputs.
  expect(matrixOf(tensor("w_called"))).toBe("linear [0]x[1] 6x4");
  expect(tensor("w_called").evidence).toContain("transposed before it");
  expect(tensor("own:Twice/w_function").layout).toBe("in-out");
});

test("the graph is kept: order, attributes, bodies, functions, and which value is which tensor", async () => {
  const { graph } = await open("control.onnx");
  expect(graph?.nodes.map(({ op }) => op)).toEqual([
    "If",
    "Loop",
    "Scan",
    "Twice",
    "Constant",
    "Constant",
    "Constant",
    "Mul",
  ]);
  expect(graph?.inputs).toEqual(["x", "flag", "count", "rows"]);
  expect(graph?.nodes[2]?.attributes).toEqual({ num_scan_inputs: 1 });
  expect(graph?.nodes[4]?.attributes).toEqual({ value_float: 0.5 });
  expect(graph?.nodes[6]?.attributes).toEqual({ value: [0, 1] });
  const inner = graph?.nodes[0]?.bodies?.else_branch?.nodes[0]?.bodies?.then_branch;
  expect(inner?.path).toBe("choice/else_branch/If_0/then_branch");
  expect(inner?.tensors.get("w_inner")).toBe("choice/else_branch/If_0/then_branch/w_inner");
  expect(graph?.functions?.get("own:Twice")?.inputs).toEqual(["x", "w"]);
});

test("PyTorch's export: every layer in the way that its operator takes it", async () => {
  const tensor = await described("exported.onnx");
  const checkpoint = await open("exported.onnx");
  expect(checkpoint.framework).toBe("pytorch");
  const of = (evidence: RegExp) => describeTensors(checkpoint).filter((one) => evidence.test(one.evidence));
  expect(tensor("table.weight").role).toBe("embedding");
  expect(tensor("norm.weight").role).toBe("norm");
  expect(matrixOf(tensor("conv.weight"))).toBe("conv-reshaped [0]x[1,2] 4x18");
  expect(matrixOf(tensor("up.weight"))).toBe("conv-reshaped [1]x[0,2] 7x8");
  // x @ free: multiplied from the right, whatever PyTorch's own habit.
  expect(matrixOf(tensor("free"))).toBe("linear [1]x[0] 2x3");
  const [lstm] = of(/^weight of LSTM/);
  expect(partsOf(lstm!)).toBe("i 0+5@1, o 5+5@1, f 10+5@1, c 15+5@1");
  expect(matrixOf(lstm!)).toMatch(/linear \[1\]x\[2\] 20x[56]/);
  const directions = of(/^weight of GRU.*direction/);
  expect(directions.map(({ name }) => name.split("/").at(-1))).toEqual(["forward", "reverse", "forward", "reverse"]);
  expect(new Set(directions.map(matrixOf))).toEqual(new Set(["linear [0]x[1] 9x5", "linear [0]x[1] 9x3"]));
  expect(partsOf(directions[0]!)).toBe("z 0+3@0, r 3+3@0, h 6+3@0");
  const head = describeTensors(checkpoint).find(({ shape }) => shape.length === 2 && shape.includes(7));
  expect(head?.matrix).toMatchObject({ rows: 3, columns: 7 });
});

test("quantized weights are the ones that the network computes with, their codes stand beside them", async () => {
  const tensor = await described("quantized.onnx");
  expect(tensor("conv")).toMatchObject({ role: "weight", dtype: "f32", matrix: { rows: 6, columns: 12 } });
  expect(tensor("conv").evidence).toBe("weight of Conv conv, dequantized");
  expect(tensor("conv (packed)")).toMatchObject({ role: "buffer", dtype: "i8" });
  expect(matrixOf(tensor("whole"))).toBe("linear [1]x[0] 5x8");
  expect(matrixOf(tensor("long"))).toBe("linear [0]x[1] 70x5");
  expect(tensor("blocked (packed)").dtype).toBe("i4");
});

test("external data: read from the model's folder, with the metadata of the model", async () => {
  const checkpoint = await open("external/model.onnx", beside("external/"));
  expect(checkpoint.tensors.map(({ byteRange }) => byteRange?.file)).toEqual(["weights.bin", "weights.bin"]);
  expect(checkpoint.metadata).toMatchObject({
    "metadata/classes": "cat, dog",
    "metadata/note": "metadata of the model",
  });
  expect(await checkpoint.labels?.[0]?.load()).toEqual(["cat", "dog"]);
  const alone = await onnxFormat.open(memorySource(fixtureBytes("onnx/external/model.onnx")), {
    sibling: () => Promise.reject(new Error("The file is not there.")),
  });
  expect(alone.skipped).toEqual([
    { name: "one.weight", reason: "its data are in weights.bin, which cannot be read: The file is not there." },
    { name: "two.weight", reason: expect.stringContaining("weights.bin") },
  ]);
});

test("opening reads the structure, not the weights", async () => {
  const small = fixtureBytes("onnx/exported.onnx");
  const { source, bytesRead } = countingSource(small);
  const checkpoint = await onnxFormat.open(source, noSiblings);
  expect(checkpoint.bytesRead()).toBe(bytesRead());
});
