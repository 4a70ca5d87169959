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

/** An addition of a signal and something computed from the same signal: both come from a common input. */
export function isSkip(node: GraphNode, origins: ReadonlyMap<GraphNode, ReadonlySet<GraphNode>>): boolean {
  if (node.operation.kind !== "add" || node.inputs.length < 2) return false;
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return false;
  const behind = origins.get(b);
  return a === b || [...(origins.get(a) ?? [])].some((one) => behind?.has(one) === true);
}

/** For every node the inputs that it is computed from. `nodes` have inputs first. */
export function originsOf(nodes: readonly GraphNode[]): ReadonlyMap<GraphNode, ReadonlySet<GraphNode>> {
  const origins = new Map<GraphNode, ReadonlySet<GraphNode>>();
  for (const node of nodes) {
    const [only] = node.inputs;
    if (only !== undefined && node.inputs.length === 1) {
      origins.set(node, origins.get(only) ?? new Set());
      continue;
    }
    const above = node.inputs.map((input) => origins.get(input) ?? new Set<GraphNode>());
    const [first] = above;
    if (first === undefined) origins.set(node, new Set([node]));
    // Chains share one set: only where paths with other inputs meet a new one is made.
    else origins.set(node, above.every((one) => one === first) ? first : new Set(above.flatMap((one) => [...one])));
  }
  return origins;
}
