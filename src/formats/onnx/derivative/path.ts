import type { GraphNode, NetworkGraph } from "../../types.ts";
import { isFlat } from "./rules.ts";

/** Names that a node reads: its inputs, and what its bodies take from around them. */
function readsOf({ inputs, bodies }: GraphNode): readonly string[] {
  // An input that is left out has an empty name.
  const given = inputs.includes("") ? inputs.filter((name) => name !== "") : inputs;
  if (bodies === undefined) return given;
  const inside = Object.values(bodies).flatMap(({ nodes, outputs }) => [...nodes.flatMap(readsOf), ...outputs]);
  return [...given, ...inside];
}

/** Nodes such that each comes after those that it reads from: files should be so, but runtimes take others too. A circle stays as it stands, for the runtime to refuse. */
export function inOrder(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const maker = new Map(nodes.flatMap((node, at) => node.outputs.map((name) => [name, at] as const)));
  const sorted = nodes.every((node, at) => readsOf(node).every((name) => (maker.get(name) ?? -1) < at));
  if (sorted) return nodes;
  const waits = nodes.map((node) => new Set(readsOf(node).flatMap((name) => maker.get(name) ?? [])).size);
  const readers = new Map<number, number[]>();
  for (const [at, node] of nodes.entries())
    for (const from of new Set(readsOf(node).flatMap((name) => maker.get(name) ?? [])))
      readers.set(from, [...(readers.get(from) ?? []), at]);
  const ready = waits.flatMap((count, at) => (count === 0 ? [at] : []));
  for (let k = 0; k < ready.length; k++)
    for (const at of readers.get(ready[k]!) ?? []) {
      waits[at] = waits[at]! - 1;
      if (waits[at] === 0) ready.push(at);
    }
  return ready.length === nodes.length ? ready.map((at) => nodes[at]!) : nodes;
}

/** Nodes on some way from one value to others along which a derivative can be other than 0, in the graph's order. */
export function pathNodes(
  nodes: readonly GraphNode[],
  from: Iterable<string>,
  to: Iterable<string>,
): readonly GraphNode[] {
  const reached = new Set(from);
  const after = nodes.filter((node) => {
    if (isFlat(node) || !readsOf(node).some((name) => reached.has(name))) return false;
    for (const name of node.outputs) if (name !== "") reached.add(name);
    return true;
  });
  const needed = new Set(to);
  return after
    .reverse()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name))) return false;
      for (const name of readsOf(node)) needed.add(name);
      return true;
    })
    .reverse();
}

/** Values that what is fed to the model changes, beyond its shape. */
export function dataDependent(graph: NetworkGraph, fed: Iterable<string>): ReadonlySet<string> {
  const found = new Set(fed);
  for (const node of graph.nodes) {
    if (node.op === "Shape" || node.op === "Size" || !readsOf(node).some((name) => found.has(name))) continue;
    for (const name of node.outputs) if (name !== "") found.add(name);
  }
  return found;
}

/** Whether what is fed decides the branch that is taken or the number of turns. */
export function fedDecides(node: GraphNode, dependent: ReadonlySet<string>): boolean {
  const { op, inputs, bodies } = node;
  if (op === "Scan") return false;
  if (op === "If") return dependent.has(inputs[0] ?? "");
  const body = bodies?.body;
  if (body === undefined || dependent.has(inputs[0] ?? "") || dependent.has(inputs[1] ?? "")) return true;
  const fed = new Set(dependent);
  for (;;) {
    const inside = dataDependent(body, fed);
    const more = body.inputs.filter(
      (name, k) => k > 1 && !fed.has(name) && (dependent.has(inputs[k] ?? "") || inside.has(body.outputs[k - 1] ?? "")),
    );
    if (more.length === 0) return inside.has(body.outputs[0] ?? "");
    for (const name of more) fed.add(name);
  }
}

/**
 * Values that every way from `from` to `to` goes through, in order, both ends among them: the derivative between two of them is a factor of the whole one.
 * At such a value it is the only one that is still to be read.
 */
export function cutValues(path: readonly GraphNode[], from: string, to: string): readonly string[] {
  const uses = new Map<string, number>();
  for (const node of path) for (const name of new Set(readsOf(node))) uses.set(name, (uses.get(name) ?? 0) + 1);
  const live = new Set([from]);
  const cuts = [from];
  for (const node of path) {
    for (const name of new Set(readsOf(node))) {
      if (!live.has(name)) continue;
      const left = uses.get(name)! - 1;
      uses.set(name, left);
      if (left === 0 && name !== to) live.delete(name);
    }
    for (const name of node.outputs) if ((uses.get(name) ?? 0) > 0 || name === to) live.add(name);
    const [only] = live;
    if (live.size === 1 && only !== undefined && only !== cuts.at(-1)) cuts.push(only);
  }
  return cuts;
}
