import type { InferenceSession, InferenceTensor, OpenInference } from "../../../base/inference.ts";
import { Emitter } from "../../../formats/onnx/derivative/emitter.ts";
import { dataDependent, fedDecides } from "../../../formats/onnx/derivative/path.ts";
import { labelOf } from "../../../formats/onnx/derivative/rule.ts";
import { field, textField } from "../../../formats/onnx/protoWrite.ts";
import { copiedNode, withScanOutput } from "../../../formats/onnx/unfold/raw.ts";
import { type Decision, type InnerValue, isControl, Unfolded } from "../../../formats/onnx/unfold/unfold.ts";
import type { GraphNode, NetworkGraph } from "../../../formats/types.ts";
import type { ModelBytes } from "./runnable.ts";

type Feed = Readonly<Record<string, InferenceTensor>>;

export interface Unfolding {
  readonly model: ModelBytes;
  readonly inner: readonly InnerValue[];
  /** What was decided, by the node's name and op, for comparison. */
  readonly decided: readonly string[];
  /** Of what is fed: values that are as they were as long as the same is decided. */
  readonly checks: readonly Check[];
}

/** The value that decides, and what it was. */
export interface Check {
  readonly where: string;
  readonly condition: string;
  readonly taken: boolean;
}

export interface UnfoldingOptions {
  readonly openInference: OpenInference;
  readonly feed: Feed;
  /** Inputs that differ from item to item. */
  readonly varying: readonly string[];
  /** Which nodes are written out; all if it is left out. */
  readonly wanted?: (node: GraphNode) => boolean;
  /** Whether a branch may be written out that an item decides: whoever asks then watches `checks`. */
  readonly decidedByItems: boolean;
}

const NODE = 1;

/** Bodies of branches, loops and the model's own functions as nodes of the main graph: one run for each depth asks which branch and how many turns. */
export async function unfoldModel(model: ModelBytes, options: UnfoldingOptions): Promise<Unfolding> {
  const { wanted = () => true, varying, decidedByItems } = options;
  const { nodes: all, functions } = model.graph;
  if (!all.some((node) => isControl(node) || functions?.has(`${node.domain}:${node.op}`)))
    return { model, inner: [], decided: [], checks: [] };
  const prefix = prefixFor(model.graph, "unfolded.");
  const unfolded = new Unfolded(model.bytes, model.graph, model.opset, prefix);
  const decided: string[] = [];
  const checks: Check[] = [];
  for (;;) {
    const { graph } = unfolded;
    const dependent = dataDependent(graph, varying);
    const nodes = graph.nodes.filter(
      (node) =>
        isControl(node) && wanted(node) && (!fedDecides(node, dependent) || (decidedByItems && node.op === "If")),
    );
    const found = nodes.length === 0 ? new Map<GraphNode, Decision>() : await ask(model, unfolded, nodes, options);
    for (const [node, decision] of found) {
      decided.push(`${labelOf(node)} ${JSON.stringify(decision)}`);
      if ("branch" in decision && fedDecides(node, dependent))
        checks.push({ where: labelOf(node), condition: node.inputs[0]!, taken: decision.branch === "then_branch" });
    }
    if (!unfolded.step(found)) break;
  }
  return { model: { ...model, graph: unfolded.graph, bytes: unfolded.bytes }, inner: unfolded.inner, decided, checks };
}

async function ask(
  { opset, beside }: ModelBytes,
  unfolded: Unfolded,
  nodes: readonly GraphNode[],
  { openInference, feed }: UnfoldingOptions,
): Promise<Map<GraphNode, Decision>> {
  const emit = new Emitter(prefixFor(unfolded.graph, "asked."), opset, "float32");
  const outputs = nodes.map((node, k) => emit.output(`answer.${k}`, questionOf(emit, unfolded, node, k)));
  const session: InferenceSession = await openInference(emit.appended(unfolded.bytes), beside);
  try {
    const found = await session.run(feed, outputs);
    return new Map(
      nodes.flatMap((node, k) => {
        const answer = found.get(outputs[k]!);
        return answer === undefined ? [] : [[node, decisionOf(node, answer)] as const];
      }),
    );
  } finally {
    await session.close();
  }
}

/** A branch's condition; a loop's turns counted by itself; the sizes of what is scanned. */
function questionOf(emit: Emitter, unfolded: Unfolded, node: GraphNode, k: number): string {
  if (node.op === "If") return node.inputs[0]!;
  if (node.op === "Scan") return emit.op("Shape", [node.inputs.at(-1)!]);
  const [count, turn] = [`${emit.prefix}count.${k}`, `${emit.prefix}turn.${k}`];
  const own = new Set(node.outputs);
  const copy = copiedNode(unfolded.rawOf(node)!, (name) => (own.has(name) ? `${emit.prefix}${k}:${name}` : name));
  const identity = [textField(1, node.bodies!.body!.inputs[0]!), textField(2, turn), textField(4, "Identity")];
  emit.raw(NODE, withScanOutput(copy, count, turn, [field(NODE, identity)]));
  return count;
}

function decisionOf(node: GraphNode, { data, dims }: InferenceTensor): Decision {
  if (node.op === "If") return { branch: Number(data[0]) !== 0 ? "then_branch" : "else_branch" };
  if (node.op === "Loop") return { turns: dims[0] ?? 0 };
  const axes = node.attributes.scan_input_axes;
  const axis = Array.isArray(axes) ? Number(axes.at(-1) ?? 0) : 0;
  return { turns: Number(data[axis < 0 ? axis + data.length : axis] ?? 0) };
}

/** Begins no value's name in the model. */
export function prefixFor({ nodes, inputs, tensors, constants }: NetworkGraph, wish: string): string {
  const names = new Set([
    ...inputs,
    ...tensors.keys(),
    ...constants.keys(),
    ...nodes.flatMap(({ outputs }) => outputs),
  ]);
  let prefix = wish;
  while ([...names].some((name) => name.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}
