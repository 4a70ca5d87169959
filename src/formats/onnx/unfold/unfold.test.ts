import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openBytes } from "../../_shared/fixtures.testkit.ts";
import type { NetworkGraph } from "../../types.ts";
import { onnxFormat } from "../index.ts";
import { field, floatField, joined, numberField, textField } from "../protoWrite.ts";
import { type Decision, isControl, Unfolded } from "./unfold.ts";

const BYTES = Uint8Array.from(readFileSync("test/fixtures/derivatives/control.onnx"));
const opened = async (): Promise<NetworkGraph> => (await openBytes(onnxFormat, BYTES)).graph!;
const decide = (graph: NetworkGraph, turns: number) =>
  new Map(
    graph.nodes
      .filter(isControl)
      .map((node) => [node, node.op === "If" ? ({ branch: "then_branch" } as Decision) : { turns }] as const),
  );

test("the model's own bytes stay as they are; what is written out has the turns that it is of", async () => {
  const graph = await opened();
  const unfolded = new Unfolded(BYTES, graph, 17, "unfolded.");
  expect(unfolded.bytes).toBe(BYTES);
  expect(unfolded.step(decide(graph, 2))).toBe(true);
  expect(unfolded.bytes.subarray(0, BYTES.length)).toEqual(BYTES);
  expect(unfolded.inner.filter(({ inner }) => inner === "waved").map(({ turns }) => turns)).toEqual([[0], [1]]);
  // The inner branch and the calls of the function are there now, and go next.
  expect(unfolded.graph.nodes.filter((node) => isControl(node) || unfolded.isCall(node)).map(({ op }) => op)).toEqual([
    "If",
    "Bend",
    "Bend",
  ]);
});

test("more than 20,000 nodes are refused, and so is a body that was read otherwise than it stands in the file", async () => {
  const graph = await opened();
  expect(() => new Unfolded(BYTES, graph, 17, "u.").step(decide(graph, 20_000))).toThrow("more than 20000 nodes");
  const nodes = graph.nodes.map((node) =>
    node.op === "If" ? { ...node, bodies: { then_branch: { ...node.bodies!.then_branch!, nodes: [] } } } : node,
  );
  const other = { ...graph, nodes };
  expect(() => new Unfolded(BYTES, other, 17, "u.").step(decide(other, 1))).toThrow(
    "A body of If /branch stands in the file in several pieces.",
  );
});

test("turns of an empty body count as well: a file cannot ask for a billion of them", async () => {
  const value = (name: string) => [textField(1, name)];
  const body = field(6, [
    ...["i", "go", "v"].map((name) => field(11, value(name))),
    ...["go", "v"].map((name) => field(12, value(name))),
  ]);
  const loop = [...["", "", "x"].map((name) => textField(1, name)), textField(2, "y"), textField(4, "Loop")];
  const graph = [
    field(1, [...loop, field(5, [textField(1, "body"), numberField(20, 5), body])]),
    textField(2, "main"),
    field(5, [numberField(1, 1), numberField(2, 1), textField(8, "w"), floatField(4, 1)]),
    field(11, value("x")),
    field(12, value("y")),
  ];
  const bytes = joined([numberField(1, 8), field(7, graph), field(8, [numberField(2, 17)])]);
  const read = (await openBytes(onnxFormat, bytes)).graph!;
  const unfolded = () => new Unfolded(bytes, read, 17, "u.");
  expect(unfolded().step(decide(read, 3))).toBe(true);
  expect(() => unfolded().step(decide(read, 1e9))).toThrow("more than 20000 nodes");
});
