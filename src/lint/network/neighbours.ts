import type { GraphNode } from "../python/values/types.ts";
import type { Neighbour } from "./types.ts";

/** What neither mixes units nor bends them. */
export function passes({ operation }: GraphNode): boolean {
  return operation.kind === "pass" || operation.kind === "dropout" || operation.kind === "scale";
}

/** All nodes from which the outputs can be reached, inputs first. */
export function nodesBehind(outputs: readonly GraphNode[]): GraphNode[] {
  const seen = new Set<GraphNode>();
  const order: GraphNode[] = [];
  const stack: { node: GraphNode; done: boolean }[] = outputs.map((node) => ({ node, done: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.done) order.push(top.node);
    else if (!seen.has(top.node)) {
      seen.add(top.node);
      stack.push({ node: top.node, done: true });
      for (const input of top.node.inputs) if (!seen.has(input)) stack.push({ node: input, done: false });
    }
  }
  return order;
}

export function consumersOf(nodes: readonly GraphNode[]): ReadonlyMap<GraphNode, readonly GraphNode[]> {
  const consumers = new Map<GraphNode, GraphNode[]>();
  for (const node of nodes)
    for (const input of node.inputs) {
      const known = consumers.get(input);
      if (known === undefined) consumers.set(input, [node]);
      else known.push(node);
    }
  return consumers;
}

export function before(node: GraphNode): Neighbour {
  let [at] = node.inputs;
  while (at !== undefined && passes(at)) [at] = at.inputs;
  return at === undefined ? { kind: "input", node: null, activation: null } : neighbour(at);
}

export function after(node: GraphNode, consumers: ReadonlyMap<GraphNode, readonly GraphNode[]>): readonly Neighbour[] {
  const found: Neighbour[] = [];
  const walk = (at: GraphNode, depth: number) => {
    const next = consumers.get(at) ?? [];
    if (next.length === 0) found.push({ kind: "output", node: null, activation: null });
    for (const one of next) {
      if (passes(one) && depth < 50) walk(one, depth + 1);
      else found.push(neighbour(one));
    }
  };
  walk(node, 0);
  return found;
}

function neighbour(node: GraphNode): Neighbour {
  const { operation } = node;
  switch (operation.kind) {
    case "activation":
      return { kind: "activation", node, activation: operation.name };
    case "pass":
    case "scale":
    case "dropout":
      return { kind: "unknown", node, activation: null };
    default:
      return { kind: operation.kind, node, activation: null };
  }
}

/** An addition of a signal and something computed from the same signal: a skip connection. */
export function isSkip(node: GraphNode, ancestors: (node: GraphNode) => ReadonlySet<GraphNode>): boolean {
  if (node.operation.kind !== "add" || node.inputs.length < 2) return false;
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return false;
  if (a === b) return true;
  const above = ancestors(a);
  return above.has(b) || [...ancestors(b)].some((one) => one === a || above.has(one));
}

/** Everything a node is computed from, itself included. */
export function ancestry(): (node: GraphNode) => ReadonlySet<GraphNode> {
  const known = new Map<GraphNode, ReadonlySet<GraphNode>>();
  return (node) => {
    const old = known.get(node);
    if (old !== undefined) return old;
    const all = new Set(nodesBehind([node]));
    known.set(node, all);
    return all;
  };
}
