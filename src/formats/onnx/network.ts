import { DTYPES } from "../../base/dtype.ts";
import { MAX_NAME_LENGTH as LONGEST } from "../../base/limits.ts";
import type { TensorEntry } from "../_shared/entryCheckpoint.ts";
import type { GraphNode, MetadataValue, NetworkGraph, SkippedTensor } from "../types.ts";
import { entryOf, inlineValues, type Locate, sparseEntry } from "./data.ts";
import type { AttributeRecord, GraphRecord, ModelRecord, NodeRecord } from "./scan.ts";
import { DATA_TYPES, type TensorRecord } from "./tensorProto.ts";

/** Whole numbers in lists up to this long are sizes, axes and indices of operations, no weights. */
const MAX_ARGUMENT_ELEMENTS = 64;

/** Room for what is added to the names of tensors that come apart: "/forward", " (packed)", a number. */
const MAX_NAME_LENGTH = LONGEST - 32;
/** Of a name that is too long, as much as helps to find it. */
const MAX_SHOWN_NAME = 200;

export interface Network {
  readonly graph: NetworkGraph;
  readonly entries: Map<string, TensorEntry>;
  readonly skipped: readonly SkippedTensor[];
  /** Sizes, axes and single numbers that are kept in the graph alone. */
  readonly constants: number;
}

/** Turns what was scanned into the network's graph and the tensors that it holds, named by their path through bodies and functions. */
export function buildNetwork(model: ModelRecord, uri: string, locate: Locate): Network {
  const builder = new Builder(uri, locate);
  const [main, ...more] = model.graphs.map((graph) => builder.graph(graph, ""));
  for (const graph of more)
    builder.skipped.push({
      name: graph.path,
      reason: "the model has more than one main graph: only the first is kept",
    });
  const functions = new Map<string, NetworkGraph>();
  for (const one of model.functions) {
    const key = `${one.domain}:${one.name}`;
    if (!functions.has(key)) functions.set(key, builder.graph(one, key));
  }
  const graph: NetworkGraph = main ?? {
    path: "",
    inputs: [],
    outputs: [],
    nodes: [],
    tensors: new Map(),
    constants: new Map(),
  };
  return {
    graph: functions.size === 0 ? graph : { ...graph, functions },
    entries: builder.entries,
    skipped: builder.skipped,
    constants: builder.constants,
  };
}

class Builder {
  readonly entries = new Map<string, TensorEntry>();
  readonly skipped: SkippedTensor[] = [];
  constants = 0;

  constructor(
    private readonly uri: string,
    private readonly locate: Locate,
  ) {}

  graph(record: GraphRecord, path: string): NetworkGraph {
    const tensors = new Map<string, string>();
    const constants = new Map<string, MetadataValue>();
    for (const one of record.initializers) {
      const full = at(path, one.name);
      const entry = entryOf(one, full, this.uri, this.locate);
      if (typeof entry !== "string" && isArgument(entry, false)) constants.set(one.name, describe(one));
      else this.#keep(full, one.name, tensors, entry);
    }
    for (const one of record.sparse) {
      const name = one.values?.name ?? "";
      const full = at(path, name);
      this.#keep(full, name, tensors, sparseEntry(one, full, this.uri, this.locate));
    }
    const labels = new Map<string, number>();
    const nodes = record.nodes.map((node, index) => this.#node(node, path, labelOf(node, index, labels), tensors));
    this.constants += constants.size;
    return { path, inputs: record.inputs, outputs: record.outputs, nodes, tensors, constants };
  }

  #node(record: NodeRecord, path: string, label: string, tensors: Map<string, string>): GraphNode {
    const attributes: [string, MetadataValue][] = [];
    const bodies: [string, NetworkGraph][] = [];
    for (const attribute of record.attributes) {
      for (const [i, body] of attribute.graphs.entries()) {
        const key = attribute.graphs.length === 1 ? attribute.name : `${attribute.name}.${i}`;
        bodies.push([key, this.graph(body, at(path, `${label}/${key}`))]);
      }
      const value = this.#attribute(attribute, record, path, tensors);
      if (value !== undefined) attributes.push([attribute.name, value]);
    }
    const { name, op, inputs, outputs } = record;
    // The standard's own set of operators goes by two names.
    const domain = record.domain === "ai.onnx" ? "" : record.domain;
    const node = { name, op, domain, inputs, outputs, attributes: Object.fromEntries(attributes) };
    return bodies.length === 0 ? node : { ...node, bodies: Object.fromEntries(bodies) };
  }

  #attribute(
    attribute: AttributeRecord,
    node: NodeRecord,
    path: string,
    tensors: Map<string, string>,
  ): MetadataValue | undefined {
    const isConstant = node.op === "Constant";
    const output = node.outputs[0] ?? "";
    for (const [i, tensor] of attribute.tensors.entries()) {
      const name = isConstant
        ? output
        : `${node.name || node.op}.${attribute.name}${attribute.tensors.length > 1 ? `.${i}` : ""}`;
      const full = at(path, name);
      const entry = entryOf(tensor, full, this.uri, this.locate);
      if (typeof entry !== "string" && isArgument(entry, isConstant)) this.constants += 1;
      else this.#keep(full, name, isConstant ? tensors : new Map(), entry);
    }
    for (const one of attribute.sparse) {
      const full = at(path, output);
      this.#keep(full, output, tensors, sparseEntry(one, full, this.uri, this.locate));
    }
    const [tensor] = attribute.tensors;
    if (tensor !== undefined) return describe(tensor);
    if (attribute.graphs.length > 0 || attribute.sparse.length > 0) return undefined;
    if (attribute.value === null) return undefined;
    // Constants of plain numbers, without a tensor around them.
    if (isConstant) this.constants += 1;
    if (typeof attribute.value !== "object") return attribute.value;
    return attribute.count > attribute.value.length ? `${attribute.count} values` : attribute.value;
  }

  #keep(full: string, name: string, tensors: Map<string, string>, entry: TensorEntry | string): void {
    if (name === "") this.skipped.push({ name: full.slice(0, MAX_NAME_LENGTH), reason: "it has no name" });
    else if (full.length > MAX_NAME_LENGTH)
      this.skipped.push({
        name: `${full.slice(0, MAX_SHOWN_NAME)}…`,
        reason: `its name has ${full.length} characters; at most ${MAX_NAME_LENGTH} are read`,
      });
    else if (typeof entry === "string") this.skipped.push({ name: full, reason: entry });
    else if (this.entries.has(full)) this.skipped.push({ name: full, reason: "another tensor has the same name" });
    else {
      this.entries.set(full, entry);
      tensors.set(name, full);
    }
  }
}

/** Sizes, axes, indices; and single numbers written as Constant nodes, which no training changes. */
function isArgument({ info }: TensorEntry, constant: boolean): boolean {
  if (constant && info.shape.length === 0) return true;
  const whole = DTYPES[info.dtype].kind === "integer" || DTYPES[info.dtype].kind === "boolean";
  return whole && info.shape.length <= 1 && info.elements <= MAX_ARGUMENT_ELEMENTS;
}

const at = (path: string, name: string) => (path === "" ? name : `${path}/${name}`);

/** A node's own name, or its operator and place; unique in its graph, since bodies are named by it. */
function labelOf(node: NodeRecord, index: number, used: Map<string, number>): string {
  const label = node.name === "" ? `${node.op}_${index}` : node.name;
  const before = used.get(label);
  used.set(label, (before ?? 0) + 1);
  return before === undefined ? label : `${label}#${before}`;
}

function describe(tensor: TensorRecord): MetadataValue {
  const values = inlineValues(tensor);
  if (values !== null && values.length <= MAX_ARGUMENT_ELEMENTS)
    return tensor.dims.length === 0 ? finite(values[0] ?? 0) : values.map(finite);
  return `${DATA_TYPES.get(tensor.dataType)?.dtype ?? "?"} [${tensor.dims.slice(0, 8).join(", ")}]`;
}

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
