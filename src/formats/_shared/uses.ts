import type { TensorInfo, TensorUse } from "../../base/tensor.ts";
import type { GraphNode, NetworkGraph } from "../types.ts";
import { ADDITIONS, HANDS_ON, LINEAR, type Meaning, OPERATORS } from "./operators.ts";

/** Calls within calls, and nodes walked through calls, each function once for each set of tensors that it is given. */
const MAX_CALL_DEPTH = 32;
const MAX_WALKED_NODES = 2_000_000;

/** A value that is a tensor of the checkpoint, perhaps with its axes in another order: axis i of the value is axis `order[i]` of the tensor. */
interface View {
  readonly tensor: TensorInfo;
  readonly order: readonly number[];
}

class Scope {
  readonly values = new Map<string, View>();
  /** Operator that made a value. */
  readonly makers = new Map<string, string>();

  constructor(private readonly around: Scope | undefined) {}

  view(name: string): View | undefined {
    return this.values.get(name) ?? this.around?.view(name);
  }

  maker(name: string): string | undefined {
    return this.makers.get(name) ?? this.around?.maker(name);
  }
}

/** What the network does with each tensor, told from the first node with a meaning for it; tensor name → use. */
export function usesOf(graph: NetworkGraph, tensors: ReadonlyMap<string, TensorInfo>): ReadonlyMap<string, TensorUse> {
  const walk = new Walk(graph, tensors);
  walk.graph(graph, undefined, [], 0);
  return walk.uses;
}

class Walk {
  readonly uses = new Map<string, TensorUse>();
  #walked = 0;
  readonly #called = new Set<string>();

  constructor(
    private readonly main: NetworkGraph,
    private readonly tensors: ReadonlyMap<string, TensorInfo>,
  ) {}

  graph(graph: NetworkGraph, around: Scope | undefined, given: readonly (View | undefined)[], depth: number): void {
    const scope = new Scope(around);
    for (const [value, name] of graph.tensors) {
      const tensor = this.tensors.get(name);
      if (tensor !== undefined) scope.values.set(value, { tensor, order: tensor.shape.map((_, axis) => axis) });
    }
    for (const [i, input] of graph.inputs.entries()) {
      const view = given[i];
      if (view !== undefined) scope.values.set(input, view);
    }
    for (const node of graph.nodes) {
      this.#walked += 1;
      if (this.#walked > MAX_WALKED_NODES) return;
      this.#node(node, scope, depth);
    }
  }

  #node(node: GraphNode, scope: Scope, depth: number): void {
    for (const output of node.outputs) scope.makers.set(output, node.op);
    for (const body of Object.values(node.bodies ?? {})) this.graph(body, scope, [], depth);
    const called = this.main.functions?.get(`${node.domain}:${node.op}`);
    if (called !== undefined) {
      const given = node.inputs.map((input) => scope.view(input));
      // A function sees what it is given and nothing else: the same again tells nothing new, and calls of calls would never end.
      const key = JSON.stringify([called.path, ...given.map((one) => [one?.tensor.name, one?.order])]);
      if (depth < MAX_CALL_DEPTH && !this.#called.has(key)) {
        this.#called.add(key);
        this.graph(called, undefined, given, depth + 1);
      }
      return;
    }
    const [first = ""] = node.inputs;
    const view = scope.view(first);
    if (HANDS_ON.has(node.op) && view !== undefined) {
      // TensorFlow gives the permutation as a second value, which is not looked up.
      if (node.op === "Transpose" && node.inputs.length > 1) return;
      const order = node.op === "Transpose" ? transposed(view.order, node.attributes.perm) : view.order;
      if (order !== undefined) scope.values.set(node.outputs[0] ?? "", { tensor: view.tensor, order });
      return;
    }
    for (const [index, input] of node.inputs.entries()) {
      const taken = scope.view(input);
      if (taken === undefined || this.uses.has(taken.tensor.name)) continue;
      const meaning = ADDITIONS.has(node.op)
        ? added(node, index, taken, scope)
        : OPERATORS.get(node.op)?.[index]?.(
            node,
            taken.order.map((axis) => taken.tensor.shape[axis]!),
          );
      if (meaning !== undefined) this.uses.set(taken.tensor.name, useOf(meaning, node, taken));
    }
  }
}

/** A vector added to the result of a linear map is its bias. */
function added(node: GraphNode, index: number, { tensor }: View, scope: Scope): Meaning | undefined {
  const other = node.inputs[1 - index] ?? "";
  const vector = tensor.shape.filter((length) => length !== 1).length <= 1;
  return vector && LINEAR.has(scope.maker(other) ?? "") ? { what: "bias", role: "bias" } : undefined;
}

function transposed(order: readonly number[], perm: unknown): readonly number[] | undefined {
  if (!Array.isArray(perm)) return [...order].reverse();
  const axes = perm.map((axis) => order[Number(axis)]);
  return axes.length === order.length && new Set(axes).size === order.length && axes.every((axis) => axis !== undefined)
    ? axes.map((axis) => axis ?? 0)
    : undefined;
}

function useOf(meaning: Meaning, node: GraphNode, { tensor, order }: View): TensorUse {
  const { what, rows, columns, fixed, parts, ...rest } = meaning;
  const label = node.name === "" ? node.op : `${node.op} ${node.name}`;
  const evidence = `${what} of ${label.slice(0, 120)}`;
  const own = (axis: number) => order[axis] ?? axis;
  const straight = order.every((axis, i) => axis === i);
  const use = {
    ...rest,
    // Parts and stacks seen through a transposition stay where they are in the tensor.
    ...(parts === undefined ? {} : { parts: parts.map((part) => ({ ...part, axis: own(part.axis) })) }),
    evidence: straight ? evidence : `${evidence}, transposed before it`,
  };
  if (rows === undefined || columns === undefined) return use;
  const axes = {
    rows: rows.map(own),
    columns: columns.map(own).sort((a, b) => a - b),
    ...(fixed === undefined ? {} : { fixed: fixed.map(({ axis, index }) => ({ axis: own(axis), index })) }),
  };
  const lastIsOutput = axes.rows.includes(tensor.shape.length - 1);
  return { ...use, layout: lastIsOutput ? "in-out" : "out-in", axes };
}
