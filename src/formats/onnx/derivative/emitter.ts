import type { GraphNode } from "../../types.ts";
import { field, floatField, joined, numberField, textField } from "../protoWrite.ts";

export type FloatType = "float32" | "float64";
type Attribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "real"; readonly value: number };
export type Attributes = Readonly<Record<string, Attribute>>;

export const int = (value: number): Attribute => ({ kind: "int", value });
export const ints = (value: readonly number[]): Attribute => ({ kind: "ints", value });
export const real = (value: number): Attribute => ({ kind: "real", value });
export const text = (value: string): Attribute => ({ kind: "text", value });

/** ONNX's numbers: element types, attribute types, fields of its messages. */
export const ELEMENT = { float32: 1, int64: 7, float64: 11 } as const;
const ATTRIBUTE = { real: 1, int: 2, text: 3, tensor: 4, ints: 7 } as const;
const GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;

/** From this operator set on axes are inputs of ReduceSum. */
const AXES_AS_INPUT = 13;

/**
 * Writes operations that are appended to a model: a second, short main graph, which protocol buffers join with the model's own. Shapes are those of one run and
 * stand fixed in it.
 */
export class Emitter {
  /** What was written, as the reader would give it: derivatives can be taken of it once more. */
  readonly nodes: GraphNode[] = [];
  readonly #parts: Uint8Array[] = [];
  readonly #constants = new Map<string, string>();
  #count = 0;

  constructor(
    /** Begins the name of every value and is the beginning of none of the model's. */
    readonly prefix: string,
    readonly opset: number,
    readonly type: FloatType,
  ) {}

  /** One operation with one output. */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(op, inputs, 1, attributes)[0]!;
  }

  ops(op: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}): readonly string[] {
    const names = Array.from({ length: outputs }, () => this.#name());
    const plain = Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value]));
    this.#add({ name: names[0]!, op, domain: "", inputs, outputs: names, attributes: plain }, attributesOf(attributes));
    return names;
  }

  floats(values: ArrayLike<number>, dims: readonly number[]): string {
    const array = this.type === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    return this.#constant(ELEMENT[this.type], dims, new Uint8Array(array.buffer));
  }

  /** In float32 whatever the model's type: scales of Resize are so. */
  singles(values: readonly number[]): string {
    return this.#constant(ELEMENT.float32, [values.length], new Uint8Array(Float32Array.from(values).buffer));
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant(ELEMENT.int64, dims, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer));
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  /** An input of the appended graph, of the emitter's float type. */
  input(name: string, dims: readonly number[]): string {
    const full = this.prefix + name;
    const shape = dims.map((length) => field(1, [numberField(1, length)]));
    const type = field(2, [field(1, [numberField(1, ELEMENT[this.type]), field(2, shape)])]);
    this.#parts.push(field(GRAPH_INPUT, [textField(1, full), type]));
    return full;
  }

  /** Makes a value an output, under a name of its own. */
  output(name: string, value: string): string {
    const full = this.prefix + name;
    this.#add({ name: full, op: "Identity", domain: "", inputs: [value], outputs: [full], attributes: {} }, []);
    this.#parts.push(field(GRAPH_OUTPUT, [textField(1, full)]));
    return full;
  }

  /** The model with all of it appended. */
  appended(model: Uint8Array): Uint8Array<ArrayBuffer> {
    return joined([model, field(GRAPH, this.#parts)]);
  }

  /** A field of the graph as it stands in a file. */
  raw(number: number, body: Uint8Array): void {
    this.#parts.push(field(number, [body]));
  }

  add = (a: string, b: string) => this.op("Add", [a, b]);
  sub = (a: string, b: string) => this.op("Sub", [a, b]);
  mul = (a: string, b: string) => this.op("Mul", [a, b]);
  div = (a: string, b: string) => this.op("Div", [a, b]);
  reshape = (value: string, dims: readonly number[]) => this.op("Reshape", [value, this.ints(dims)]);
  expand = (value: string, dims: readonly number[]) => this.op("Expand", [value, this.ints(dims)]);
  transpose = (value: string, perm: readonly number[]) => this.op("Transpose", [value], { perm: ints(perm) });
  /** 1 where a truth value holds, else 0. */
  indicator = (truth: string) => this.op("Cast", [truth], { to: int(ELEMENT[this.type]) });
  zeros = (dims: readonly number[]) => this.expand(this.scalar(0), dims);

  /** Sum over axes, which stay as 1. */
  sum(value: string, axes: readonly number[]): string {
    // Without axes the operation would sum over all.
    if (axes.length === 0) return value;
    return this.opset >= AXES_AS_INPUT
      ? this.op("ReduceSum", [value, this.ints(axes)], { keepdims: int(1) })
      : this.op("ReduceSum", [value], { axes: ints(axes), keepdims: int(1) });
  }

  mean(value: string, axes: readonly number[], dims: readonly number[]): string {
    const count = axes.reduce((product, axis) => product * dims[axis]!, 1);
    return this.mul(this.sum(value, axes), this.scalar(1 / count));
  }

  #name(): string {
    return `${this.prefix}${this.#count++}`;
  }

  #constant(type: number, dims: readonly number[], raw: Uint8Array): string {
    const tensor = [...dims.map((length) => numberField(1, length)), numberField(2, type), field(9, [raw])];
    // Small ones are asked for again and again.
    const key = raw.length <= 64 ? JSON.stringify([type, dims, ...raw]) : null;
    const known = key === null ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#name();
    if (key !== null) this.#constants.set(key, name);
    const attribute = field(5, [textField(1, "value"), field(5, tensor), numberField(20, ATTRIBUTE.tensor)]);
    this.#add({ name, op: "Constant", domain: "", inputs: [], outputs: [name], attributes: {} }, [attribute]);
    return name;
  }

  #add(node: GraphNode, attributes: readonly Uint8Array[]): void {
    this.nodes.push(node);
    this.#parts.push(
      field(GRAPH_NODE, [
        ...node.inputs.map((name) => textField(1, name)),
        ...node.outputs.map((name) => textField(2, name)),
        textField(3, node.name),
        textField(4, node.op),
        ...attributes,
      ]),
    );
  }
}

function attributesOf(attributes: Attributes): Uint8Array[] {
  return Object.entries(attributes).map(([name, attribute]) =>
    field(5, [textField(1, name), ...bodyOf(attribute), numberField(20, ATTRIBUTE[attribute.kind])]),
  );
}

function bodyOf(attribute: Attribute): Uint8Array[] {
  if (attribute.kind === "int") return [numberField(3, attribute.value)];
  if (attribute.kind === "real") return [floatField(2, attribute.value)];
  if (attribute.kind === "text") return [textField(4, attribute.value)];
  return attribute.value.map((one) => numberField(8, one));
}
