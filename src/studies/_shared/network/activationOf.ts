import { ModeScopeError } from "../../../base/errors.ts";
import type { Checkpoint, GraphNode, MetadataValue, NetworkGraph } from "../../../formats/types.ts";
import type { Activation } from "../../../numerics/meanField/activation.ts";
import { ACTIVATIONS, activationById } from "../../../numerics/meanField/activations.ts";

export interface ChosenActivation {
  readonly id: string;
  readonly name: string;
  readonly formula: string;
  /** How it is known: one phrase for the screen. */
  readonly evidence: string;
  /** Nobody said so: neither the person nor the file. */
  readonly assumed: boolean;
}

/** The one to show where nothing is known: most networks of dense layers have it. */
const COMMONEST = "relu";

/** Words of frameworks for what has another id here. */
const ALIASES: Readonly<Record<string, string>> = {
  swish: "silu",
  gelu_new: "gelu_tanh",
  gelu_fast: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  hard_tanh: "hardtanh",
  hardswish: "hard_swish",
  hardsigmoid: "hard_sigmoid",
  leakyrelu: "leaky_relu_0.01",
  leaky_relu: "leaky_relu_0.01",
  logsigmoid: "log_sigmoid",
  identity: "linear",
};

export function chooseActivation(
  asked: unknown,
  checkpoint: Checkpoint | null,
): { readonly activation: Activation; readonly chosen: ChosenActivation } {
  if (asked !== undefined && asked !== null) {
    const activation = typeof asked === "string" ? activationById(asked) : undefined;
    if (activation === undefined)
      throw new ModeScopeError("bad-request", `There is no activation ${String(asked).slice(0, 60)}.`, {
        field: "activation",
        remedy: `Known: ${ACTIVATIONS.map(({ id }) => id).join(", ")}.`,
      });
    return answer(activation, "chosen", false);
  }
  const read = checkpoint === null ? null : (fromGraph(checkpoint) ?? fromConfiguration(checkpoint.metadata));
  if (read !== null) return answer(read.activation, read.evidence, false);
  const fallback = activationById(COMMONEST) ?? ACTIVATIONS[0]!;
  return answer(
    fallback,
    checkpoint === null ? "to begin with" : "assumed: the file does not say",
    checkpoint !== null,
  );
}

function answer(activation: Activation, evidence: string, assumed: boolean) {
  const { id, name, formula } = activation;
  return { activation, chosen: { id, name, formula, evidence, assumed } };
}

/** The activation that a framework or a graph calls so. */
export function activationByWord(word: string): Activation | undefined {
  const id = word.toLowerCase();
  return activationById(ALIASES[id] ?? id);
}

/** What neither mixes units nor bends them, and the sum that adds a bias. */
export const PASSES =
  /^(identity|dropout|cast|reshape|flatten|squeeze|unsqueeze|transpose|maxpool|averagepool|max_?pool|average_?pool|max_pool_2d|average_pool_2d|quantizelinear|dequantizelinear)$/i;
/** A walk through nodes that only pass on: longer ones are loops. */
const MOST_PASSES = 16;

/** Which activation the network's own graph puts behind a weight: null where something else stands there, or there is no graph. */
export function activationsBehind(graph: NetworkGraph | undefined): (tensor: string) => Activation | null {
  if (graph === undefined) return () => null;
  const valuesOf = new Map<string, string[]>();
  for (const [value, tensor] of graph.tensors) valuesOf.set(tensor, [...(valuesOf.get(tensor) ?? []), value]);
  const takers = new Map<string, GraphNode[]>();
  for (const node of graph.nodes)
    for (const input of node.inputs) {
      const known = takers.get(input);
      if (known === undefined) takers.set(input, [node]);
      else known.push(node);
    }
  const stored = (value: string) => graph.tensors.has(value) || graph.constants.has(value);
  return (tensor) => {
    const [node, ...others] = (valuesOf.get(tensor) ?? []).flatMap((value) => takers.get(value) ?? []);
    // A weight that two nodes share has no one activation behind it.
    if (node === undefined || others.length > 0) return null;
    let at: GraphNode = node;
    for (let step = 0; step < MOST_PASSES; step++) {
      const [only, ...more] = takers.get(at.outputs[0] ?? "") ?? [];
      if (only === undefined || more.length > 0) return null;
      const activation = /^identity$/i.test(only.op) ? undefined : activationByWord(only.op);
      if (activation !== undefined) return activation;
      const addsBias = /^(add|biasadd)$/i.test(only.op) && only.inputs.some(stored);
      if (!addsBias && !PASSES.test(only.op)) return null;
      at = only;
    }
    return null;
  };
}

/** The operation that stands most often in the network's own graph. */
function fromGraph({ graph }: Checkpoint): { activation: Activation; evidence: string } | null {
  const counts = new Map<Activation, number>();
  for (const { op } of graph?.nodes ?? []) {
    const activation = /^(identity)$/i.test(op) ? undefined : activationByWord(op);
    if (activation !== undefined) counts.set(activation, (counts.get(activation) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? null : { activation: most[0], evidence: `${most[1]} nodes of the file's graph` };
}

/** Text of a configuration is looked through no further than this. */
const MOST_TEXT = 1_000_000;
const IN_CONFIGURATION = /"(?:activation|hidden_act|activation_function|act_fn|nonlinearity)\w*"\s*:\s*"(\w+)"/g;

function fromConfiguration(
  metadata: Readonly<Record<string, MetadataValue>>,
): { activation: Activation; evidence: string } | null {
  const text = JSON.stringify(metadata).replaceAll('\\"', '"').slice(0, MOST_TEXT);
  const counts = new Map<Activation, number>();
  for (const [, word] of text.matchAll(IN_CONFIGURATION)) {
    // The last layer's "linear" and "softmax" are no hidden activation.
    const activation = word === "linear" ? undefined : activationByWord(word ?? "");
    if (activation !== undefined) counts.set(activation, (counts.get(activation) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined ? null : { activation: most[0], evidence: "named in the file's configuration" };
}
