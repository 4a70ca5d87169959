/** Messages of a model that is held in memory, taken apart and copied under other names. Only what names are in is read; the rest goes as it is. */
import { FormatError } from "../../../base/errors.ts";
import { field, joined, textField } from "../protoWrite.ts";

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Field numbers of ModelProto, GraphProto, FunctionProto, NodeProto, AttributeProto, ValueInfoProto, TensorProto. */
const MODEL = { graph: 7, functions: 25 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const;
const FUNCTION = { name: 1, input: 4, output: 5, node: 7, domain: 10 } as const;
const NODE = { input: 1, output: 2, name: 3, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, graph: 6, graphs: 11, reference: 21 } as const;
const SPARSE_VALUES = 1;
const NAME = 1;
const TENSOR_NAME = 8;

export type Rename = (name: string) => string;

interface RawField {
  readonly number: number;
  readonly body: Uint8Array;
  /** With its tag. */
  readonly whole: Uint8Array;
}

const DECODER = new TextDecoder();
const textOf = (bytes: Uint8Array) => DECODER.decode(bytes);

function* fieldsOf(bytes: Uint8Array): Generator<RawField> {
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (let k = 0; k < 10; k++) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return value;
    }
    throw broken();
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const wire = tag % 8;
    let from = at;
    if (wire === VARINT) varint();
    else if (wire === FIXED64) at += 8;
    else if (wire === FIXED32) at += 4;
    else if (wire === LENGTH) {
      const length = varint();
      from = at;
      at += length;
    } else throw broken();
    if (at > bytes.length) throw broken();
    yield { number: Math.floor(tag / 8), body: bytes.subarray(from, at), whole: bytes.subarray(start, at) };
  }
}

const broken = () => new FormatError("A message of the model ends before its time.", { format: "onnx" });

function bodies(bytes: Uint8Array, number: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const one of fieldsOf(bytes)) if (one.number === number) found.push(one.body);
  return found;
}

const nameIn = (bytes: Uint8Array, number: number) => textOf(bodies(bytes, number)[0] ?? new Uint8Array());

/** A graph or a function: its nodes and named constants as they stand in the file. */
export interface RawGraph {
  readonly nodes: readonly Uint8Array[];
  /** Whole fields of a graph, which may be put into another one. */
  readonly constants: readonly { readonly number: number; readonly body: Uint8Array }[];
  /** Names that are made inside, at any depth. */
  readonly made: ReadonlySet<string>;
}

/** The main graph. */
export function mainGraph(model: Uint8Array): RawGraph {
  return rawGraph(bodies(model, MODEL.graph)[0] ?? new Uint8Array());
}

/** The model's own functions by "domain:name". */
export function functionsOf(model: Uint8Array): ReadonlyMap<string, RawGraph> {
  return new Map(
    bodies(model, MODEL.functions).map((one) => {
      const nodes = bodies(one, FUNCTION.node);
      const made = new Set([...bodies(one, FUNCTION.input).map(textOf), ...nodes.flatMap((node) => [...madeBy(node)])]);
      return [`${nameIn(one, FUNCTION.domain)}:${nameIn(one, FUNCTION.name)}`, { nodes, constants: [], made }] as const;
    }),
  );
}

/** The graph in a node's attribute of this name. */
export function bodyOf(node: Uint8Array, attribute: string): RawGraph {
  const found = bodies(node, NODE.attribute).find((one) => nameIn(one, ATTRIBUTE.name) === attribute);
  return rawGraph(bodies(found ?? new Uint8Array(), ATTRIBUTE.graph)[0] ?? new Uint8Array());
}

function rawGraph(bytes: Uint8Array): RawGraph {
  const constants = [...fieldsOf(bytes)].filter(
    ({ number }) => number === GRAPH.initializer || number === GRAPH.sparse,
  );
  return { nodes: bodies(bytes, GRAPH.node), constants, made: madeIn(bytes) };
}

function madeIn(graph: Uint8Array): Set<string> {
  const made = new Set<string>();
  for (const { number, body } of fieldsOf(graph)) {
    if (number === GRAPH.node) for (const name of madeBy(body)) made.add(name);
    if (number === GRAPH.input) made.add(nameIn(body, NAME));
    if (number === GRAPH.initializer) made.add(nameIn(body, TENSOR_NAME));
    if (number === GRAPH.sparse) made.add(nameIn(bodies(body, SPARSE_VALUES)[0] ?? new Uint8Array(), TENSOR_NAME));
  }
  made.delete("");
  return made;
}

function* madeBy(node: Uint8Array): Generator<string> {
  for (const { number, body } of fieldsOf(node)) {
    if (number === NODE.output) yield textOf(body);
    if (number !== NODE.attribute) continue;
    for (const one of fieldsOf(body))
      if (one.number === ATTRIBUTE.graph || one.number === ATTRIBUTE.graphs) yield* madeIn(one.body);
  }
}

/** A node under other names. `attributes` are those of the call, where it stands in a function and refers to them. */
export function copiedNode(node: Uint8Array, rename: Rename, attributes?: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, body, whole } of fieldsOf(node)) {
    if (number === NODE.input || number === NODE.output) parts.push(renamed(number, body, rename));
    // Names of nodes may not stand twice in a graph.
    else if (number === NODE.name) continue;
    else if (number !== NODE.attribute) parts.push(whole);
    else {
      const copy = copiedAttribute(body, rename, attributes);
      if (copy !== null) parts.push(field(NODE.attribute, [copy]));
    }
  }
  return joined(parts);
}

/** Attributes of a node by name, for what its function refers to. */
export function attributesOf(node: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map(bodies(node, NODE.attribute).map((one) => [nameIn(one, ATTRIBUTE.name), one] as const));
}

/** Attributes of a node in a function that are those of the call: its own name of each to the call's. */
export function referencesOf(node: Uint8Array): ReadonlyMap<string, string> {
  return new Map(
    bodies(node, NODE.attribute).flatMap((one) => {
      const of = nameIn(one, ATTRIBUTE.reference);
      return of === "" ? [] : [[nameIn(one, ATTRIBUTE.name), of] as const];
    }),
  );
}

function copiedAttribute(
  attribute: Uint8Array,
  rename: Rename,
  attributes: ReadonlyMap<string, Uint8Array> | undefined,
): Uint8Array | null {
  const reference = nameIn(attribute, ATTRIBUTE.reference);
  if (reference !== "") {
    const given = attributes?.get(reference);
    if (given === undefined) return null;
    const rest = [...fieldsOf(given)].filter(({ number }) => number !== ATTRIBUTE.name).map(({ whole }) => whole);
    return joined([textField(ATTRIBUTE.name, nameIn(attribute, ATTRIBUTE.name)), ...rest]);
  }
  return joined(
    [...fieldsOf(attribute)].map(({ number, body, whole }) =>
      number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs
        ? field(number, [copiedGraph(body, rename, attributes)])
        : whole,
    ),
  );
}

function copiedGraph(
  graph: Uint8Array,
  rename: Rename,
  attributes: ReadonlyMap<string, Uint8Array> | undefined,
): Uint8Array {
  return joined(
    [...fieldsOf(graph)].map(({ number, body, whole }) => {
      if (number === GRAPH.node) return field(number, [copiedNode(body, rename, attributes)]);
      if (number === GRAPH.initializer || number === GRAPH.sparse)
        return field(number, [copiedConstant(number, body, rename)]);
      if (number === GRAPH.input || number === GRAPH.output) return field(number, [named(body, NAME, rename)]);
      return whole;
    }),
  );
}

/** An initializer under another name. */
export function copiedConstant(number: number, body: Uint8Array, rename: Rename): Uint8Array {
  if (number === GRAPH.initializer) return named(body, TENSOR_NAME, rename);
  return joined(
    [...fieldsOf(body)].map((one) =>
      one.number === SPARSE_VALUES ? field(SPARSE_VALUES, [named(one.body, TENSOR_NAME, rename)]) : one.whole,
    ),
  );
}

function named(message: Uint8Array, number: number, rename: Rename): Uint8Array {
  return joined(
    [...fieldsOf(message)].map((one) => (one.number === number ? renamed(number, one.body, rename) : one.whole)),
  );
}

const renamed = (number: number, body: Uint8Array, rename: Rename) => {
  const name = textOf(body);
  return textField(number, name === "" ? "" : rename(name));
};

/** A node with one more output, made inside of its body: what the body's own value `inner` is, turn by turn. */
export function withScanOutput(
  node: Uint8Array,
  output: string,
  inner: string,
  more: readonly Uint8Array[],
): Uint8Array {
  return joined([
    ...[...fieldsOf(node)].map(({ number, body, whole }) => {
      if (number !== NODE.attribute || nameIn(body, ATTRIBUTE.name) !== "body") return whole;
      const parts = [...fieldsOf(body)].map((one) =>
        // Protocol buffers join repeated fields: the body goes on where it ended.
        one.number === ATTRIBUTE.graph
          ? field(ATTRIBUTE.graph, [one.body, ...more, field(GRAPH.output, [textField(NAME, inner), WHOLE_NUMBER])])
          : one.whole,
      );
      return field(NODE.attribute, parts);
    }),
    textField(NODE.output, output),
  ]);
}

/** The type of one int64. */
const WHOLE_NUMBER = field(2, [field(1, [Uint8Array.of(8, 7), field(2, [])])]);
