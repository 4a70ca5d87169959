import { expect, test } from "vitest";
import type { DescribedTensor } from "../../../base/tensor.ts";
import type { Checkpoint, NetworkGraph } from "../../../formats/types.ts";
import { phaseDiagramStudy } from "../../phase-diagram/index.ts";
import { runStudyOn } from "../runStudy.testkit.ts";
import { chooseActivation } from "./activationOf.ts";
import { obstaclesOf } from "./obstacles.ts";
import { inOrder } from "./order.ts";
import { stageOf } from "./stage.ts";
import type { NetworkLayer } from "./types.ts";

function layer(name: string, fanIn: number, fanOut: number, kind: NetworkLayer["kind"] = "dense"): NetworkLayer {
  const tensor: DescribedTensor = {
    name,
    shape: [fanOut, fanIn],
    dtype: "f32",
    elements: fanIn * fanOut,
    storedBytes: 4 * fanIn * fanOut,
    role: "weight",
    layout: "out-in",
    evidence: "",
    parts: [],
  };
  return { tensor, bias: null, kind, fanIn, fanOut };
}

const names = (layers: readonly NetworkLayer[]) => layers.map(({ tensor }) => tensor.name);
const checkpoint = (part: Partial<Checkpoint>): Checkpoint => ({
  format: "made",
  framework: "unknown",
  tensors: [],
  metadata: {},
  findings: [],
  skipped: [],
  version: "",
  bytesRead: () => 0,
  read: () => Promise.reject(new Error("no values")),
  close: async () => {},
  ...part,
});

test("files by name: hidden.10 does not come before hidden.2, and the input goes first where sizes say so", () => {
  const square = ["hidden.0", "hidden.1", "hidden.10", "hidden.2"].map((name) => layer(name, 8, 8));
  expect(names(inOrder(square).layers)).toEqual(["hidden.0", "hidden.1", "hidden.2", "hidden.10"]);
  expect(inOrder(square)).toMatchObject({ fits: true, order: "the file's order, numbers in names counted" });
  const found = inOrder([...square, layer("input", 3, 8), layer("readout", 8, 2)]);
  expect(names(found.layers)).toEqual(["input", "hidden.0", "hidden.1", "hidden.2", "hidden.10", "readout"]);
  expect(found).toMatchObject({ fits: true, order: "sizes that fit one after the other" });
});

test("an autoencoder keeps its order; what cannot be laid end to end is said not to fit", () => {
  const auto = [layer("e1", 9, 4), layer("e2", 4, 2), layer("d1", 2, 4), layer("d2", 4, 9)];
  expect(inOrder(auto)).toMatchObject({ fits: true, order: "the file's order" });
  expect(inOrder([layer("a", 3, 4), layer("b", 5, 6)]).fits).toBe(false);
  expect(inOrder([layer("c", 27, 8, "convolution"), layer("fc", 128, 10)]).fits).toBe(false);
});

test("Keras keeps kernels as inputs × outputs: fan_in is the first axis, and its configuration names the activation", async () => {
  const read = async (path: string) =>
    (
      await runStudyOn(phaseDiagramStudy, [{ role: "checkpoint", path: `test/fixtures/keras/${path}` }], {
        parts: ["network"],
      })
    ).result;
  const half = await read("bfloat16.h5");
  expect(half.network!.layers.map(({ fanIn, fanOut, bias }) => [fanIn, fanOut, bias !== null])).toEqual([
    [4, 3, true],
    [3, 2, true],
  ]);
  expect((await read("keras3.keras")).activation).toMatchObject({
    id: "tanh",
    evidence: "named in the file's configuration",
    assumed: false,
  });
});

test.each([
  ["step-0000.safetensors", "initial"],
  ["epoch-000.pt", "initial"],
  ["model_init.pth", "initial"],
  ["epoch-040.pt", "trained"],
  ["checkpoint-1200.pt", "trained"],
  ["best.pt", "trained"],
  ["model.safetensors", "unknown"],
])("%s: %s", (name, stage) => {
  expect(stageOf(name, null).stage).toBe(stage);
  expect(stageOf(name, "initial")).toEqual({ stage: "initial", evidence: "as chosen" });
});

test("a graph tells the activation that stands most often, and a sum of two computed values is a skip connection", () => {
  const node = (op: string, inputs: readonly string[]) => ({
    name: `${op}_1`,
    op,
    domain: "",
    inputs,
    outputs: [],
    attributes: {},
  });
  const graph = (nodes: NetworkGraph["nodes"]): NetworkGraph => ({
    path: "",
    inputs: [],
    outputs: [],
    nodes,
    tensors: new Map([["bias", "fc.bias"]]),
    constants: new Map(),
  });
  const plain = checkpoint({
    graph: graph([node("Tanh", ["a"]), node("Tanh", ["b"]), node("Relu", ["c"]), node("Add", ["d", "bias"])]),
  });
  expect(chooseActivation(null, plain).chosen).toMatchObject({ id: "tanh", evidence: "2 nodes of the file's graph" });
  expect(obstaclesOf(plain, [])).toEqual([]);
  const skip = checkpoint({ graph: graph([node("Add", ["d", "e"])]) });
  expect(obstaclesOf(skip, [])).toEqual([{ kind: "residual", evidence: "node Add_1 adds two computed values" }]);
});

test("names that tell of skip connections, attention, recurrence; optimizer state tells nothing", () => {
  const kinds = (name: string, role: DescribedTensor["role"] = "weight") =>
    obstaclesOf(checkpoint({}), [{ ...layer(name, 4, 4).tensor, role }]).map(({ kind }) => kind);
  expect(kinds("layer1.0.downsample.0.weight")).toEqual(["residual"]);
  expect(kinds("blocks.0.attn.qkv.weight")).toEqual(["attention", "residual"]);
  expect(kinds("rnn.weight_hh_l0")).toEqual(["recurrent"]);
  expect(kinds("blocks.0.attn.qkv.weight", "optimizer-state")).toEqual([]);
  expect(kinds("fc1.weight")).toEqual([]);
});

test("an activation that nobody knows is refused; swish and gelu_new are found by their other names", () => {
  expect(() => chooseActivation("nope", null)).toThrow(/no activation nope/);
  const config = (word: string) => checkpoint({ metadata: { config: { hidden_act: word } } });
  expect(chooseActivation(null, config("swish")).chosen.id).toBe("silu");
  expect(chooseActivation(null, config("gelu_new")).chosen.id).toBe("gelu_tanh");
  expect(chooseActivation(null, config("softmax")).chosen).toMatchObject({ id: "relu", assumed: true });
});
