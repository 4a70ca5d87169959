import { ModeScopeError } from "../../../base/errors.ts";
import type { InferenceInput } from "../../../base/inference.ts";
import { cutValues, dataDependent, pathNodes } from "../../../formats/onnx/derivative/path.ts";
import type { GraphNode, NetworkGraph } from "../../../formats/types.ts";
import { WEIGHTED } from "./runnable.ts";

/** Values that can be chosen as ends; more are thinned evenly, the ends kept. */
const MOST_BLOCKS = 64;

/** A value that all ways from the root to the output go through: the network between two of them is a factor of the whole. */
export interface BlockValue {
  /** The value's name in the graph. */
  readonly value: string;
  /** What a person reads: the node that makes it. */
  readonly label: string;
  /** The operation that makes it, with what it closes: "Conv", "Add (joins ways)"; "input" for what is fed. */
  readonly op: string;
}

export interface GraphCourse {
  /** The first value with derivatives: a float input, or what an embedding gives. */
  readonly root: string;
  readonly blocks: readonly BlockValue[];
  readonly thinned: number;
  /** Nodes between the first block and the last. */
  readonly path: readonly GraphNode[];
  readonly dependent: ReadonlySet<string>;
}

const FLOAT = /^float(32|64)$/;

/** `varying` are the inputs that differ from item to item. From the first differentiable value to the last one before a closing softmax, with the values between that all ways go through. */
export function courseOf(
  graph: NetworkGraph,
  inputs: readonly InferenceInput[],
  varying: readonly string[],
): GraphCourse {
  const dependent = dataDependent(graph, varying);
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const roots = [
    ...inputs.filter(({ name, type }) => FLOAT.test(type) && varying.includes(name)).map(({ name }) => name),
    ...graph.nodes.flatMap((node) => (isEmbedding(node, dependent) ? node.outputs.slice(0, 1) : [])),
  ];
  for (const root of roots)
    for (const output of graph.outputs) {
      const to = beforeSoftmax(output, makers);
      const path = pathNodes(graph.nodes, [root], [to]);
      if (path.length === 0) continue;
      const cuts = cutValues(path, root, to);
      const all = blocksOf(cuts, path, makers, graph);
      return { root, ...thinned(all), path, dependent };
    }
  throw new ModeScopeError("unsupported", "No output of the model depends smoothly on what it is fed.", {
    format: "onnx",
    remedy: "Its inputs are whole numbers without an embedding, or all that it gives is decided by comparisons.",
  });
}

function isEmbedding({ op, domain, inputs: [table, indices] }: GraphNode, dependent: ReadonlySet<string>): boolean {
  return (
    op === "Gather" && domain === "" && table !== undefined && !dependent.has(table) && dependent.has(indices ?? "")
  );
}

function beforeSoftmax(output: string, makers: ReadonlyMap<string, GraphNode>): string {
  let value = output;
  for (let turn = 0; turn < 8; turn++) {
    const node = makers.get(value);
    if (node === undefined || node.domain !== "" || !/^(Softmax|LogSoftmax|Identity)$/.test(node.op)) return value;
    value = node.inputs[0] ?? value;
  }
  return value;
}

/** Sums that join ways, and what layers with weights give once bias and batch norm are done; the first and the last value. */
function blocksOf(
  cuts: readonly string[],
  path: readonly GraphNode[],
  makers: ReadonlyMap<string, GraphNode>,
  graph: NetworkGraph,
): BlockValue[] {
  const readers = new Map<string, GraphNode[]>();
  for (const node of path)
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  const reached = new Set([cuts[0]!, ...path.flatMap(({ outputs }) => outputs)]);
  const isCut = new Set(cuts);
  const chosen = new Map<string, string>();
  for (const node of path) {
    const [output = ""] = node.outputs;
    const ways = node.inputs.filter((name) => reached.has(name)).length;
    if ((node.op === "Add" || node.op === "Sum") && ways > 1) {
      if (isCut.has(output)) chosen.set(output, `${node.op} (joins ways)`);
    } else if (WEIGHTED.has(node.op) && ways === 1) {
      let value = output;
      for (let turn = 0; turn < 4; turn++) {
        const [only, ...more] = readers.get(value) ?? [];
        if (only === undefined || more.length > 0 || !finishes(only, reached)) break;
        value = only.outputs[0]!;
      }
      if (isCut.has(value)) chosen.set(value, node.op);
    }
  }
  const ends = [cuts[0]!, cuts.at(-1)!];
  return cuts
    .filter((value) => chosen.has(value) || ends.includes(value))
    .map((value) => {
      const node = makers.get(value);
      const fed = graph.inputs.includes(value);
      return { value, label: labelOf(value, node), op: fed ? "input" : (chosen.get(value) ?? node?.op ?? "value") };
    });
}

/** Adding a bias, and normalising by fixed statistics: still the same layer. */
function finishes({ op, inputs }: GraphNode, reached: ReadonlySet<string>): boolean {
  return (op === "Add" && inputs.filter((name) => reached.has(name)).length === 1) || op === "BatchNormalization";
}

/** "layer1/0/conv1" of "/layer1/0/conv1/Conv"; a node without a name goes by its value. */
function labelOf(value: string, node: GraphNode | undefined): string {
  if (node === undefined || node.name === "") return value;
  const plain = node.name.replace(/^\//, "").replace(new RegExp(`/${node.op}(_\\d+)?$`), "");
  return plain === "" ? node.name : plain;
}

function thinned(all: readonly BlockValue[]): Pick<GraphCourse, "blocks" | "thinned"> {
  if (all.length <= MOST_BLOCKS) return { blocks: all, thinned: 0 };
  const blocks = Array.from(
    { length: MOST_BLOCKS },
    (_, k) => all[Math.round((k * (all.length - 1)) / (MOST_BLOCKS - 1))]!,
  );
  return { blocks, thinned: all.length - MOST_BLOCKS };
}
