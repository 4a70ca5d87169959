import { ModeScopeError } from "../../base/errors.ts";
import type { GraphNode, NetworkGraph } from "../types.ts";
import { field, joined, textField } from "./protoWrite.ts";

/** Field numbers of the ONNX schema: ModelProto.graph, GraphProto.output, ValueInfoProto.name. */
const GRAPH = 7;
const OUTPUT = 12;
const NAME = 1;
/** More outputs than these no runtime is asked for at once. */
const MAX_OUTPUTS = 100_000;

/**
 * The model with more of its values as outputs, so that a runtime hands them out. Protocol buffers join repeated occurrences of a message field: a second,
 * short graph with nothing but outputs is appended to the file, and no byte of the model itself is touched or understood.
 */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  if (names.length > MAX_OUTPUTS)
    throw new ModeScopeError("limit-exceeded", `${names.length} outputs were asked for; at most ${MAX_OUTPUTS} are.`, {
      format: "onnx",
    });
  const outputs = names.map((name) => field(OUTPUT, [textField(NAME, name)]));
  return joined([model, field(GRAPH, outputs)]);
}

/** Values of the main graph that its nodes compute, in the order of computation, with the operator that makes each; outputs of constants are none. */
export function computedValues(graph: NetworkGraph): readonly { readonly name: string; readonly op: string }[] {
  return graph.nodes.flatMap(({ op, outputs }) =>
    op === "Constant" ? [] : outputs.filter((name) => name !== "").map((name) => ({ name, op })),
  );
}

/** Values that are computed inside bodies (of loops and branches) and functions: they exist while those run, once a turn or not at all. */
export function innerValues(graph: NetworkGraph): readonly { readonly name: string; readonly where: string }[] {
  const found: { name: string; where: string }[] = [];
  const waiting: { graph: NetworkGraph; where: string }[] = [];
  const enter = ({ nodes, functions }: NetworkGraph): void => {
    for (const { name, op, bodies } of nodes)
      for (const [key, body] of Object.entries(bodies ?? {}))
        waiting.push({ graph: body, where: `the ${key} of the ${op}${name === "" ? "" : ` ${name}`}` });
    for (const [key, body] of functions ?? []) waiting.push({ graph: body, where: `the function ${key}` });
  };
  enter(graph);
  for (let at = 0; at < waiting.length; at++) {
    const { graph: body, where } = waiting[at]!;
    for (const { outputs } of body.nodes) for (const name of outputs) if (name !== "") found.push({ name, where });
    enter(body);
  }
  return found;
}

/** Names that a node's bodies make, at any depth. */
export function innerValuesOf({ bodies }: GraphNode): readonly string[] {
  return Object.values(bodies ?? {}).flatMap(({ nodes }) =>
    nodes.flatMap((node) => [...node.outputs, ...innerValuesOf(node)]),
  );
}
