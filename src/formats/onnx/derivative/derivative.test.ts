import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { GraphNode, NetworkGraph } from "../../types.ts";
import { pullBack, questionsOf, type RunFacts } from "./derive.ts";
import { Emitter } from "./emitter.ts";
import { cutValues, dataDependent, fedDecides, inOrder, pathNodes } from "./path.ts";
import { DIFFERENTIABLE, isFlat } from "./rules.ts";

const node = (op: string, inputs: string[], outputs: string[], more: Partial<GraphNode> = {}): GraphNode => ({
  name: `/${op}`,
  op,
  domain: "",
  inputs,
  outputs,
  attributes: {},
  ...more,
});
const graph = (nodes: GraphNode[]): NetworkGraph => ({
  path: "",
  inputs: ["x"],
  outputs: ["y"],
  nodes,
  tensors: new Map([["w", "w"]]),
  constants: new Map(),
});

test("every operation with a rule stands on the page about it", () => {
  const page = readFileSync("docs/analyses/isometry.md", "utf8").replace(/\s+/g, " ");
  expect(page).toContain(`Rules are there for: ${DIFFERENTIABLE.join(", ")}.`);
});

interface Exported {
  readonly network: string;
  readonly exporter: string;
  readonly operations: Readonly<Record<string, number>>;
}
const EXPORTED = JSON.parse(readFileSync("test/fixtures/derivatives/networks.json", "utf8")) as {
  readonly networks: readonly Exported[];
};

test.each(EXPORTED.networks.map(({ network, exporter, operations }) => [network, exporter, operations] as const))(
  "%s as %s exports it: each of its operations has a rule, or is constant wherever it has a derivative",
  (_network, _exporter, operations) => {
    const without = Object.keys(operations).filter((op) => !DIFFERENTIABLE.includes(op) && !isFlat(node(op, [], [])));
    expect(without).toEqual([]);
  },
);

test("the page says how many networks and operations that was", () => {
  const { networks } = EXPORTED;
  const names = new Set(networks.map(({ network }) => network));
  const operations = new Set(networks.flatMap((one) => Object.keys(one.operations)));
  const page = readFileSync("docs/analyses/isometry.md", "utf8").replace(/\s+/g, " ");
  expect(page).toContain(`${networks.length} exports of ${names.size} networks, ${operations.size} operations`);
});

test("values that all ways go through: a skip connection has none inside, shapes and masks do not count", () => {
  const nodes = [
    node("Conv", ["x", "w"], ["a"]),
    node("Relu", ["a"], ["b"]),
    node("Conv", ["b", "w"], ["c"]),
    node("Add", ["c", "a"], ["d"]),
    node("Shape", ["d"], ["size"]),
    node("Reshape", ["d", "size"], ["e"]),
    node("Conv", ["e", "w"], ["y"]),
    node("Neg", ["x"], ["elsewhere"]),
  ];
  const path = pathNodes(nodes, ["x"], ["y"]);
  expect(path.map(({ op }) => op)).toEqual(["Conv", "Relu", "Conv", "Add", "Reshape", "Conv"]);
  expect(cutValues(path, "x", "y")).toEqual(["x", "a", "d", "e", "y"]);
  expect([...dataDependent(graph(nodes), ["x"])]).not.toContain("size");
});

test("nodes in no order are put in order; a circle is left to the runtime", () => {
  const nodes = [node("Neg", ["b"], ["y"]), node("Exp", ["x"], ["b"])];
  expect(inOrder(nodes).map(({ op }) => op)).toEqual(["Exp", "Neg"]);
  const circle = [node("Neg", ["b"], ["a"]), node("Neg", ["a"], ["b"])];
  expect(inOrder(circle)).toEqual(circle);
});

test("what is fed decides a branch by its condition, and a loop by its turns, its first condition or what goes on in it", () => {
  const dependent = new Set(["x", "n"]);
  const body = (outputs: string[], nodes: GraphNode[]) => ({ ...graph(nodes), inputs: ["k", "go", "a", "b"], outputs });
  const still = body(
    ["on", "a2", "b2"],
    [node("Identity", ["go"], ["on"]), node("Neg", ["a"], ["a2"]), node("Neg", ["b"], ["b2"])],
  );
  // The condition hangs on b, which hangs on a from the second turn on.
  const round = body(
    ["on", "a2", "b2"],
    [node("Less", ["b", "w"], ["on"]), node("Neg", ["a"], ["a2"]), node("Exp", ["a"], ["b2"])],
  );
  const loop = (inputs: string[], inside: NetworkGraph) =>
    node("Loop", inputs, ["y", "z"], { bodies: { body: inside } });
  expect(fedDecides(node("If", ["w"], ["y"]), dependent)).toBe(false);
  expect(fedDecides(node("If", ["x"], ["y"]), dependent)).toBe(true);
  expect(fedDecides(loop(["w", "", "x", "w"], still), dependent)).toBe(false);
  expect(fedDecides(loop(["n", "", "w", "w"], still), dependent)).toBe(true);
  expect(fedDecides(loop(["w", "", "x", "w"], round), dependent)).toBe(true);
  expect(fedDecides(loop(["w", "", "w", "w"], round), dependent)).toBe(false);
  expect(fedDecides(node("Scan", ["x"], ["y"], { bodies: { body: round } }), dependent)).toBe(false);
});

test.each([
  [
    node("GridSample", ["x"], ["y"]),
    "No derivative goes through node /GridSample (GridSample): its derivative is not known here.",
  ],
  [node("FusedGelu", ["x"], ["y"], { domain: "com.microsoft" }), "it is of the set com.microsoft."],
  [node("toString", ["x"], ["y"]), "its derivative is not known here."],
  [
    // What a body takes from around it is an input too.
    node("If", ["flag"], ["y"], { bodies: { then_branch: graph([node("Neg", ["x"], ["y"])]) } }),
    "node /If (If): its derivative is not known here.",
  ],
])("refused by name: $op", (one, why) => {
  expect(() => questionsOf(pathNodes([one], ["x"], ["y"]), new Set())).toThrow(why);
});

test.each([
  ["Slice", {}, ["i", "i"], ["i"], "what the model is fed decides its input i"],
  ["GatherElements", { axis: 2 }, ["i"], ["i"], "on the way back it takes operator set 16; the model has 15"],
  ["GatherND", { batch_dims: 1 }, ["i"], [], "on the way back its batch axes are not read"],
  ["ScatterElements", { reduction: "mul" }, ["i", "w"], [], "it joins entries by mul"],
  ["Einsum", { equation: "nii->n" }, [], [], "on the way back it takes a diagonal"],
  ["Resize", { coordinate_transformation_mode: "tf_crop_and_resize" }, ["", "scales"], [], "it resizes a cut-out"],
  ["LSTM", { clip: 3 }, ["w", "w"], [], "it clips what goes into its gates"],
  ["GRU", { activations: ["Relu", "Tanh"] }, ["w", "w"], [], "its activations are relu tanh, not sigmoid tanh"],
  ["GlobalLpPool", { p: 3 }, [], [], "its power is not 2"],
  ["BatchNormalization", { training_mode: 1 }, ["w", "w", "w", "w"], [], "it takes its statistics from the batch"],
  ["MaxPool", { kernel_shape: [4096] }, [], [], "its windows of 4096 places overlap, which takes operator set 16"],
  ["Cast", { to: 10 }, [], [], "it goes over to another float type than float32"],
  ["Pad", { mode: "strange" }, ["pads"], [], "it pads by strange"],
  ["ConvTranspose", { output_shape: [9] }, ["w"], [], "its padding follows from a shape that is asked of it"],
] as const)("what %s cannot do backwards is refused by its reason", (op, attributes, more, dependent, why) => {
  const one = node(op, ["x", ...more], ["y"], { attributes });
  const facts: RunFacts = {
    dims: new Map([
      ["x", [1, 1, 5]],
      ["y", [1, 1, 3]],
      ["w", [1, 1, 3]],
    ]),
    arguments: new Map([
      ["pads", [0, 0, 1, 0, 0, 1]],
      ["scales", [1, 1, 0.6]],
    ]),
    dependent: new Set(dependent),
  };
  expect(() => pullBack(new Emitter("d.", 15, "float32"), [one], facts, "x", "y", "u")).toThrow(why);
});
