import { LimitError } from "../../base/errors.ts";
import { MAX_GRAPH_NODES, MAX_TENSORS } from "../../base/limits.ts";
import { FIXED32, LENGTH, type ProtoReader, VARINT } from "../_shared/protobuf.ts";
import { FORMAT, MAX_TEXT, packedNumbers, readDims, readEntry, scanTensor, type TensorRecord } from "./tensorProto.ts";

/** Bodies in bodies: exported control flow nests below ten deep. */
const MAX_BODY_DEPTH = 64;
/** Numbers of one attribute that are kept; weights never stand there, but tables of tree ensembles do. */
const MAX_ATTRIBUTE_VALUES = 64;
/** Texts of a model's metadata. */
const MAX_METADATA_TEXT = 64 * 1024;

export interface AttributeRecord {
  readonly name: string;
  /** Number, text, or lists of these; cut lists are told by `count`. */
  readonly value: number | string | readonly (number | string)[] | null;
  /** Length of a list before it was cut. */
  readonly count: number;
  readonly tensors: readonly TensorRecord[];
  readonly sparse: readonly SparseRecord[];
  readonly graphs: readonly GraphRecord[];
}

export interface NodeRecord {
  name: string;
  op: string;
  domain: string;
  readonly inputs: string[];
  readonly outputs: string[];
  readonly attributes: AttributeRecord[];
}

export interface SparseRecord {
  values?: TensorRecord;
  indices?: TensorRecord;
  readonly dims: number[];
}

export interface GraphRecord {
  name: string;
  readonly nodes: NodeRecord[];
  readonly initializers: TensorRecord[];
  readonly sparse: SparseRecord[];
  readonly inputs: string[];
  readonly outputs: string[];
}

export interface FunctionRecord extends GraphRecord {
  domain: string;
}

export interface ModelRecord {
  irVersion: number;
  readonly facts: Map<string, string>;
  readonly opsets: Map<string, number>;
  readonly metadata: Map<string, string>;
  readonly graphs: GraphRecord[];
  readonly functions: FunctionRecord[];
  training: boolean;
}

/** Calls `take` for every field until `end`; what `take` does not read is skipped. */
async function eachField(
  reader: ProtoReader,
  end: number,
  take: (bodyEnd: number) => Promise<void> | undefined,
): Promise<void> {
  while (reader.position < end) {
    const wait = reader.head(end);
    if (wait !== undefined) await wait;
    reader.tag(end);
    const bodyEnd = reader.end;
    const taken = take(bodyEnd);
    if (taken !== undefined) await taken;
    reader.leave(bodyEnd);
  }
}

/** Reads structure only: nodes, names, shapes and where the data of each tensor lie. */
export class Scanner {
  #nodes = 0;
  #tensors = 0;

  constructor(private readonly reader: ProtoReader) {}

  async model(): Promise<ModelRecord> {
    const { reader } = this;
    const model: ModelRecord = {
      irVersion: 0,
      facts: new Map(),
      opsets: new Map(),
      metadata: new Map(),
      graphs: [],
      functions: [],
      training: false,
    };
    const texts: Readonly<Record<number, string>> = {
      2: "producer",
      3: "producer version",
      4: "domain",
      6: "description",
    };
    await eachField(reader, reader.size, (end) => {
      const fact = texts[reader.field];
      if (reader.field === 1 && reader.wire === VARINT) model.irVersion = reader.value;
      else if (reader.field === 5 && reader.wire === VARINT) model.facts.set("model version", String(reader.signed));
      else if (reader.wire !== LENGTH) return undefined;
      else if (fact !== undefined)
        return reader.text(MAX_METADATA_TEXT).then((value) => {
          if (value !== "") model.facts.set(fact, value);
        });
      else if (reader.field === 7) return this.#graph(end, 0).then((graph) => void model.graphs.push(graph));
      else if (reader.field === 8) return this.#opset(end, model.opsets);
      else if (reader.field === 14) return readEntry(reader, end, model.metadata, MAX_METADATA_TEXT);
      else if (reader.field === 20) model.training = true;
      else if (reader.field === 25) return this.#function(end).then((one) => void model.functions.push(one));
      return undefined;
    });
    return model;
  }

  async #opset(end: number, opsets: Map<string, number>): Promise<void> {
    const { reader } = this;
    let domain = "";
    let version = 0;
    await eachField(reader, end, () => {
      if (reader.field === 1 && reader.wire === LENGTH)
        return reader.text(MAX_TEXT).then((value) => {
          domain = value;
        });
      if (reader.field === 2 && reader.wire === VARINT) version = reader.signed;
      return undefined;
    });
    opsets.set(domain === "" ? "ai.onnx" : domain, version);
  }

  async #graph(end: number, depth: number): Promise<GraphRecord> {
    const { reader } = this;
    if (depth > MAX_BODY_DEPTH) throw this.#limit(`Bodies are nested more than ${MAX_BODY_DEPTH} deep.`, "graph");
    const graph: GraphRecord = { name: "", nodes: [], initializers: [], sparse: [], inputs: [], outputs: [] };
    await eachField(reader, end, (bodyEnd) => {
      if (reader.wire !== LENGTH) return undefined;
      switch (reader.field) {
        case 1:
          return this.#node(bodyEnd, depth).then((node) => void graph.nodes.push(node));
        case 2:
          return reader.text(MAX_TEXT).then((name) => {
            graph.name = name;
          });
        case 5:
          return this.#tensor(bodyEnd).then((tensor) => void graph.initializers.push(tensor));
        case 11:
          return this.#valueName(bodyEnd, graph.inputs);
        case 12:
          return this.#valueName(bodyEnd, graph.outputs);
        case 15:
          return this.#sparse(bodyEnd).then((tensor) => void graph.sparse.push(tensor));
        default:
          return undefined;
      }
    });
    return graph;
  }

  async #function(end: number): Promise<FunctionRecord> {
    const { reader } = this;
    const one: FunctionRecord = {
      name: "",
      domain: "",
      nodes: [],
      initializers: [],
      sparse: [],
      inputs: [],
      outputs: [],
    };
    await eachField(reader, end, (bodyEnd) => {
      if (reader.wire !== LENGTH) return undefined;
      switch (reader.field) {
        case 1:
          return reader.text(MAX_TEXT).then((name) => {
            one.name = name;
          });
        case 4:
          return reader.text(MAX_TEXT).then((name) => void one.inputs.push(name));
        case 5:
          return reader.text(MAX_TEXT).then((name) => void one.outputs.push(name));
        case 7:
          return this.#node(bodyEnd, 0).then((node) => void one.nodes.push(node));
        case 10:
          return reader.text(MAX_TEXT).then((domain) => {
            one.domain = domain;
          });
        default:
          return undefined;
      }
    });
    return one;
  }

  async #valueName(end: number, names: string[]): Promise<void> {
    const { reader } = this;
    await eachField(reader, end, () =>
      reader.field === 1 && reader.wire === LENGTH
        ? reader.text(MAX_TEXT).then((name) => void names.push(name))
        : undefined,
    );
  }

  async #node(end: number, depth: number): Promise<NodeRecord> {
    const { reader } = this;
    this.#nodes += 1;
    if (this.#nodes > MAX_GRAPH_NODES) throw this.#limit(`The network has more than ${MAX_GRAPH_NODES} nodes.`, "node");
    const node: NodeRecord = { name: "", op: "", domain: "", inputs: [], outputs: [], attributes: [] };
    await eachField(reader, end, (bodyEnd) => {
      if (reader.wire !== LENGTH) return undefined;
      switch (reader.field) {
        case 1:
          return reader.text(MAX_TEXT).then((name) => void node.inputs.push(name));
        case 2:
          return reader.text(MAX_TEXT).then((name) => void node.outputs.push(name));
        case 3:
          return reader.text(MAX_TEXT).then((name) => {
            node.name = name;
          });
        case 4:
          return reader.text(MAX_TEXT).then((op) => {
            node.op = op;
          });
        case 5:
          return this.#attribute(bodyEnd, depth).then((attribute) => void node.attributes.push(attribute));
        case 7:
          return reader.text(MAX_TEXT).then((domain) => {
            node.domain = domain;
          });
        default:
          return undefined;
      }
    });
    return node;
  }

  async #attribute(end: number, depth: number): Promise<AttributeRecord> {
    const { reader } = this;
    let name = "";
    let single: number | string | null = null;
    let count = 0;
    const list: (number | string)[] = [];
    const tensors: TensorRecord[] = [];
    const sparse: SparseRecord[] = [];
    const graphs: GraphRecord[] = [];
    const push = (value: number | string) => {
      count += 1;
      if (list.length < MAX_ATTRIBUTE_VALUES) list.push(value);
    };
    await eachField(reader, end, (bodyEnd) => {
      const { field, wire } = reader;
      if (wire === VARINT) {
        if (field === 3) single = reader.signed;
        else if (field === 8) push(reader.signed);
        return undefined;
      }
      if (wire === FIXED32) {
        if (field === 2)
          return reader.float().then((value) => {
            single = value;
          });
        return field === 7 ? reader.float().then(push) : undefined;
      }
      if (wire !== LENGTH) return undefined;
      if (field === 1)
        return reader.text(MAX_TEXT).then((value) => {
          name = value;
        });
      if (field === 4)
        return reader.text(MAX_TEXT).then((value) => {
          single = value;
        });
      if (field === 9) return reader.text(MAX_TEXT).then(push);
      if (field === 7) return this.#floats(push);
      if (field === 8) return packedNumbers(reader, MAX_ATTRIBUTE_VALUES + 1).then((values) => values.forEach(push));
      if (field === 5 || field === 10) return this.#tensor(bodyEnd).then((tensor) => void tensors.push(tensor));
      if (field === 6 || field === 11) return this.#graph(bodyEnd, depth + 1).then((graph) => void graphs.push(graph));
      return field === 22 || field === 23
        ? this.#sparse(bodyEnd).then((tensor) => void sparse.push(tensor))
        : undefined;
    });
    return { name, value: count > 0 ? list : single, count, tensors, sparse, graphs };
  }

  async #floats(push: (value: number) => void): Promise<void> {
    const bytes = await this.reader.bytes((MAX_ATTRIBUTE_VALUES + 1) * 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 4 <= bytes.length; at += 4) push(view.getFloat32(at, true));
  }

  async #sparse(end: number): Promise<SparseRecord> {
    const { reader } = this;
    const record: SparseRecord = { dims: [] };
    await eachField(reader, end, (bodyEnd) => {
      if (reader.field === 3) return readDims(reader, record.dims);
      if (reader.wire !== LENGTH) return undefined;
      if (reader.field === 1)
        return this.#tensor(bodyEnd).then((tensor) => {
          record.values = tensor;
        });
      return reader.field === 2
        ? this.#tensor(bodyEnd).then((tensor) => {
            record.indices = tensor;
          })
        : undefined;
    });
    return record;
  }

  async #tensor(end: number): Promise<TensorRecord> {
    this.#tensors += 1;
    if (this.#tensors > MAX_TENSORS) throw this.#limit(`The network has more than ${MAX_TENSORS} tensors.`, "tensor");
    return scanTensor(this.reader, end);
  }

  #limit(message: string, field: string): LimitError {
    return new LimitError(message, { format: FORMAT, field, offset: this.reader.position });
  }
}
