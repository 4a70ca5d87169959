import type { GraphNode, NetworkGraph } from "../../formats/types.ts";
import type { Entrance, KnownActivation, Segment } from "../../lint/checkpoint/types.ts";
import { activationById } from "../../numerics/meanField/activations.ts";
import { activationByWord, PASSES } from "../_shared/network/activationOf.ts";

/** A walk through nodes that only pass on: longer ones are loops. */
const MOST_PASSES = 24;
const NORM = /norm/i;
/** Shapes change, entries stay. */
const RESHAPES = /^(reshape|flatten|squeeze|unsqueeze|transpose|pad)$/i;
/** Its kernel is stored the other way round, and its stride thins out what arrives: no link of a chain here. */
const OTHER_WEIGHTS = /transpose.*conv|conv.*transpose|deconv/i;

type Stop =
  | { readonly kind: "layer"; readonly node: GraphNode }
  | { readonly kind: "norm" | "branch" | "end" | "unknown" };

/**
 * Stretches of the file's own graph that are plain chains: weight, activation, weight, …. A value that several nodes take, a sum or product of computed values, a
 * norm or an operation that nobody here knows ends one; the last weight before a norm is left out, for its scale drops out there.
 */
export function graphSegments(graph: NetworkGraph, indexOf: ReadonlyMap<string, number>): readonly Segment[] {
  const weights = new Map<GraphNode, number>();
  for (const node of graph.nodes) {
    if (OTHER_WEIGHTS.test(node.op)) continue;
    const own = node.inputs.flatMap((value) => indexOf.get(graph.tensors.get(value) ?? "") ?? []);
    if (own.length === 1) weights.set(node, own[0]!);
  }
  const reading = readerOf(graph, weights);
  const after = new Map([...weights.keys()].map((node) => [node, reading.forward(node)]));
  const followed = new Set([...after.values()].flatMap(({ stop }) => (stop.kind === "layer" ? [stop.node] : [])));
  const uses = new Map<number, number>();
  for (const index of weights.values()) uses.set(index, (uses.get(index) ?? 0) + 1);
  return [...weights.keys()].flatMap((first): Segment[] => {
    if (followed.has(first)) return [];
    const indices: number[] = [];
    const activations: (KnownActivation | null)[] = [];
    const seen = new Set<GraphNode>();
    let stop: Stop = { kind: "layer", node: first };
    while (stop.kind === "layer" && !seen.has(stop.node)) {
      seen.add(stop.node);
      const index = weights.get(stop.node);
      // One weight at two places is no independent draw.
      if (index === undefined || (uses.get(index) ?? 0) > 1) break;
      const next = after.get(stop.node);
      indices.push(index);
      activations.push(next?.activation ?? null);
      stop = next?.stop ?? { kind: "unknown" };
    }
    if (stop.kind === "norm") {
      indices.pop();
      activations.pop();
    }
    return indices.length === 0 ? [] : [{ indices, activations, entrance: reading.before(first) }];
  });
}

function readerOf(graph: NetworkGraph, weights: ReadonlyMap<GraphNode, number>) {
  const takers = new Map<string, GraphNode[]>();
  const makers = new Map<string, GraphNode>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const known = takers.get(input);
      if (known === undefined) takers.set(input, [node]);
      else known.push(node);
    }
    for (const output of node.outputs) makers.set(output, node);
  }
  const stored = (value: string) => graph.tensors.has(value) || graph.constants.has(value);
  const computed = ({ inputs }: GraphNode) => inputs.filter((value) => value !== "" && !stored(value));
  const passes = (node: GraphNode) =>
    computed(node).length <= 1 && (PASSES.test(node.op) || RESHAPES.test(node.op) || /^(add|biasadd)$/i.test(node.op));
  const linear = activationById("linear");

  const forward = (from: GraphNode): { readonly activation: KnownActivation | null; readonly stop: Stop } => {
    let activation: KnownActivation | null = null;
    let at = from;
    for (let step = 0; step < MOST_PASSES; step++) {
      const value: string = at.outputs[0] ?? "";
      const [only, ...more] = takers.get(value) ?? [];
      if (only === undefined) return { activation, stop: { kind: "end" } };
      if (more.length > 0 || graph.outputs.includes(value)) return { activation, stop: { kind: "branch" } };
      if (weights.has(only)) {
        const none =
          linear === undefined ? null : { activation: linear, evidence: "nothing between them in the file's graph" };
        return { activation: activation ?? none, stop: { kind: "layer", node: only } };
      }
      const known = /^identity$/i.test(only.op) ? undefined : activationByWord(only.op);
      if (known !== undefined) {
        // Two activations in a row are one that the theory has no name for.
        if (activation !== null) return { activation: null, stop: { kind: "unknown" } };
        activation = { activation: known, evidence: "the file's graph" };
      } else if (NORM.test(only.op)) return { activation, stop: { kind: "norm" } };
      else if (!passes(only)) return { activation, stop: { kind: computed(only).length > 1 ? "branch" : "unknown" } };
      at = only;
    }
    return { activation, stop: { kind: "unknown" } };
  };

  const before = (node: GraphNode): Entrance => {
    let at = node;
    for (let step = 0; step < MOST_PASSES; step++) {
      const [value, ...others] = computed(at);
      if (value === undefined || others.length > 0) return "unknown";
      if (graph.inputs.includes(value)) return "input";
      const maker = makers.get(value);
      if (maker === undefined) return "unknown";
      if (NORM.test(maker.op)) return "norm";
      if (!passes(maker)) return "unknown";
      at = maker;
    }
    return "unknown";
  };
  return { forward, before };
}
