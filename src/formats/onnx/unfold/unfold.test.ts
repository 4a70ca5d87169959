import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openBytes } from "../../_shared/fixtures.testkit.ts";
import type { NetworkGraph } from "../../types.ts";
import { onnxFormat } from "../index.ts";
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
