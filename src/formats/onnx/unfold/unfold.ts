/** Bodies of branches, loops and functions, written out beside the model: what runs inside of them becomes values of the main graph. */
import { FormatError, LimitError } from "../../../base/errors.ts";
import type { GraphNode, NetworkGraph } from "../../types.ts";
import { type Attributes, Emitter, int } from "../derivative/emitter.ts";
import {
  attributesOf,
  bodyOf,
  copiedConstant,
  copiedNode,
  functionsOf,
  mainGraph,
  type RawGraph,
  type Rename,
  referencesOf,
} from "./raw.ts";

/** Nodes that are written out, of all bodies and turns together. */
const MOST_NODES = 20_000;
const BOOL = 9;
/** From this operator set on axes of Unsqueeze are an input. */
const AXES_AS_INPUT = 13;
const NODE = 1;

/** What has to be known of a node before it can be written out: the branch it takes, or how many turns. */
export type Decision = { readonly branch: "then_branch" | "else_branch" } | { readonly turns: number };

interface Pair {
  readonly node: GraphNode;
  /** As it stands in a file; null of what only names a value anew. */
  readonly raw: Uint8Array | null;
}

/** A value that was inside of a body. */
export interface InnerValue {
  /** Its name in the body. */
  readonly inner: string;
  /** Its name among the values of the main graph. */
  readonly value: string;
  readonly op: string;
  /** Turns of the loops around it, from the outermost. */
  readonly turns: readonly number[];
}

export const isControl = ({ domain, op }: GraphNode) =>
  domain === "" && (op === "If" || op === "Loop" || op === "Scan");

export class Unfolded {
  readonly inner: InnerValue[] = [];
  readonly #emit: Emitter;
  readonly #functions: ReadonlyMap<string, RawGraph>;
  readonly #turns = new Map<GraphNode, readonly number[]>();
  readonly #tensors: Map<string, string>;
  #pairs: readonly Pair[];
  #copies = 0;
  #nodes = 0;

  constructor(
    private readonly model: Uint8Array<ArrayBuffer>,
    private readonly original: NetworkGraph,
    opset: number,
    prefix: string,
  ) {
    this.#emit = new Emitter(prefix, opset, "float32");
    this.#functions = functionsOf(model);
    const { nodes } = mainGraph(model);
    this.#pairs = original.nodes.map((node, k) => ({ node, raw: nodes[k] ?? null }));
    this.#tensors = new Map(original.tensors);
  }

  /** The main graph as it is now, with what was written out in the place of its nodes. */
  get graph(): NetworkGraph {
    return { ...this.original, nodes: this.#pairs.map(({ node }) => node), tensors: this.#tensors };
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#nodes === 0 ? this.model : this.#emit.appended(this.model);
  }

  /** The node as it stands in the file. */
  rawOf(node: GraphNode): Uint8Array | null {
    return this.#pairs.find((pair) => pair.node === node)?.raw ?? null;
  }

  isCall({ domain, op }: GraphNode): boolean {
    return this.original.functions?.has(`${domain}:${op}`) ?? false;
  }

  /** Writes out the nodes whose branch or turns are in `decided`, and calls of the model's own functions. False where there was nothing to write out. */
  step(decided: ReadonlyMap<GraphNode, Decision>): boolean {
    const before = this.#copies;
    this.#pairs = this.#pairs.flatMap((pair) => {
      const { node, raw } = pair;
      if (raw === null) return [pair];
      if (this.isCall(node)) return this.#called(node, raw);
      const decision = decided.get(node);
      if (decision === undefined) return [pair];
      if ("branch" in decision) return this.#branch(node, raw, decision.branch);
      return node.op === "Loop" ? this.#loop(node, raw, decision.turns) : this.#scan(node, raw, decision.turns);
    });
    return this.#copies > before;
  }

  #called(node: GraphNode, raw: Uint8Array): Pair[] {
    const key = `${node.domain}:${node.op}`;
    const source = this.#functions.get(key);
    const body = matching(node, this.original.functions?.get(key), source);
    const given = new Map(body.inputs.map((name, k) => [name, node.inputs[k] ?? ""] as const));
    const copy = this.#copy(node, body, source!, given, [], raw);
    return [...copy.pairs, ...node.outputs.flatMap((name, k) => named(copy.rename(body.outputs[k] ?? ""), name))];
  }

  #branch(node: GraphNode, raw: Uint8Array, branch: string): Pair[] {
    const source = bodyOf(raw, branch);
    const body = matching(node, node.bodies?.[branch], source);
    const copy = this.#copy(node, body, source, this.#constants(body, source), []);
    return [...copy.pairs, ...node.outputs.flatMap((name, k) => named(copy.rename(body.outputs[k] ?? ""), name))];
  }

  #loop(node: GraphNode, raw: Uint8Array, turns: number): Pair[] {
    const body = matching(node, node.bodies?.body, bodyOf(raw, "body"));
    const states = node.inputs.slice(2);
    return this.#turned(node, raw, turns, states, 1, (k) => {
      const yes = this.#emit.op("Cast", [this.#emit.ints([1], [])], { to: int(BOOL) });
      return [
        [body.inputs[0]!, this.#emit.ints([k], [])],
        [body.inputs[1]!, yes],
      ];
    });
  }

  #scan(node: GraphNode, raw: Uint8Array, turns: number): Pair[] {
    const body = matching(node, node.bodies?.body, bodyOf(raw, "body"));
    const count = Number(node.attributes.num_scan_inputs ?? 1);
    const scanned = node.inputs.slice(-count);
    const states = node.inputs.slice(0, -count);
    const listed = (key: string, k: number) => {
      const list = node.attributes[key];
      return Array.isArray(list) ? Number(list[k] ?? 0) : 0;
    };
    return this.#turned(node, raw, turns, states, 0, (turn) =>
      scanned.map((name, k) => {
        const at = listed("scan_input_directions", k) === 1 ? turns - 1 - turn : turn;
        const axis = { axis: int(listed("scan_input_axes", k)) };
        return [body.inputs[states.length + k]!, this.#emit.op("Gather", [name, this.#emit.ints([at], [])], axis)];
      }),
    );
  }

  /** Turn after turn: states go on, the rest of the outputs is put together. `lead` outputs of the body stand before the states. */
  #turned(
    node: GraphNode,
    raw: Uint8Array,
    turns: number,
    states: readonly string[],
    lead: number,
    given: (turn: number) => readonly (readonly [string, string])[],
  ): Pair[] {
    const source = bodyOf(raw, "body");
    const body = matching(node, node.bodies?.body, source);
    const pairs: Pair[] = [];
    const first = lead === 1 ? 2 : 0;
    let now = states;
    const gathered: string[][] = body.outputs.slice(lead + states.length).map(() => []);
    const constants = this.#constants(body, source);
    for (let turn = 0; turn < turns; turn++) {
      const start = this.#emit.nodes.length;
      const fed = new Map([...given(turn), ...now.map((name, k) => [body.inputs[first + k]!, name] as const)]);
      pairs.push(...this.#emitted(start));
      const copy = this.#copy(node, body, source, new Map([...constants, ...fed]), [turn]);
      pairs.push(...copy.pairs);
      now = states.map((_, k) => copy.rename(body.outputs[lead + k]!));
      for (const [k, list] of gathered.entries()) list.push(copy.rename(body.outputs[lead + states.length + k]!));
    }
    const start = this.#emit.nodes.length;
    const ends = gathered.map((list, k) => this.#stacked(node, list, k));
    pairs.push(...this.#emitted(start));
    const outputs = [...now, ...ends];
    return [...pairs, ...node.outputs.flatMap((name, k) => named(outputs[k] ?? "", name))];
  }

  #stacked(node: GraphNode, list: readonly string[], k: number): string {
    if (list.length === 0) return "";
    const axes = node.attributes.scan_output_axes;
    const backwards = node.attributes.scan_output_directions;
    const axis = Array.isArray(axes) ? Number(axes[k] ?? 0) : 0;
    const order = Array.isArray(backwards) && backwards[k] === 1 ? [...list].reverse() : list;
    const emit = this.#emit;
    const apart = order.map((name) =>
      emit.opset >= AXES_AS_INPUT
        ? emit.op("Unsqueeze", [name, emit.ints([axis])])
        : emit.op("Unsqueeze", [name], { axes: { kind: "ints", value: [axis] } } satisfies Attributes),
    );
    return emit.op("Concat", apart, { axis: int(axis) });
  }

  #emitted(start: number): Pair[] {
    return this.#emit.nodes.slice(start).map((node) => ({ node, raw: null }));
  }

  /** Constants of a body that is written out several times stand there once. */
  #constants(body: NetworkGraph, source: RawGraph): ReadonlyMap<string, string> {
    const prefix = this.#prefix();
    const names = new Map<string, string>();
    for (const { number, body: bytes } of source.constants)
      this.#emit.raw(
        number,
        copiedConstant(number, bytes, (name) => {
          const full = prefix + name;
          names.set(name, full);
          const tensor = body.tensors.get(name);
          if (tensor !== undefined) this.#tensors.set(full, tensor);
          return full;
        }),
      );
    return names;
  }

  /** One copy of a body: `known` are the names of its inputs and constants outside; a function's is made for a `call`, whose attributes it may refer to. */
  #copy(
    node: GraphNode,
    body: NetworkGraph,
    source: RawGraph,
    known: ReadonlyMap<string, string>,
    turn: readonly number[],
    call?: Uint8Array,
  ): { readonly pairs: Pair[]; readonly rename: Rename } {
    const prefix = this.#prefix();
    const rename: Rename = (name) => known.get(name) ?? (source.made.has(name) ? prefix + name : name);
    const turns = [...(this.#turns.get(node) ?? []), ...turn];
    // An empty body counts, too: its turns are as many as the file says.
    this.#nodes += Math.max(1, source.nodes.length);
    if (this.#nodes > MOST_NODES)
      throw new LimitError(`Written out, the bodies of loops and branches have more than ${MOST_NODES} nodes.`, {
        format: "onnx",
        field: node.op,
      });
    const attributes = call === undefined ? undefined : attributesOf(call);
    const pairs = source.nodes.map((one, k): Pair => {
      const raw = copiedNode(one, rename, attributes);
      this.#emit.raw(NODE, raw);
      const plain = renamedNode(body.nodes[k]!, rename);
      const referred = [...referencesOf(one)].flatMap(([name, of]) => {
        const value = node.attributes[of];
        return value === undefined ? [] : [[name, value] as const];
      });
      const inside =
        referred.length === 0
          ? plain
          : { ...plain, attributes: { ...plain.attributes, ...Object.fromEntries(referred) } };
      this.#turns.set(inside, turns);
      for (const [at, value] of inside.outputs.entries())
        if (value !== "")
          this.inner.push({ inner: plainName(body.nodes[k]!.outputs[at]!), value, op: inside.op, turns });
      const [output = ""] = body.nodes[k]!.outputs;
      const tensor = body.tensors.get(output);
      if (tensor !== undefined) this.#tensors.set(rename(output), tensor);
      return { node: inside, raw };
    });
    return { pairs, rename };
  }

  #prefix(): string {
    return `${this.#emit.prefix}${this.#copies++}:`;
  }
}

/** A body as it was read, if it has the nodes that stand in the file: a message that comes in pieces is read otherwise. */
function matching(node: GraphNode, body: NetworkGraph | undefined, source: RawGraph | undefined): NetworkGraph {
  if (body !== undefined && source !== undefined && body.nodes.length === source.nodes.length) return body;
  throw new FormatError(`A body of ${node.op} ${node.name} stands in the file in several pieces.`, {
    format: "onnx",
    field: node.op,
    remedy: "Export the model again.",
  });
}

/** Copies of copies: the name without what was put before it. */
export function plainName(name: string): string {
  return name.replace(/^(?:_*unfolded\.\d+:)+/, "");
}

/** What names a value anew is there for derivatives alone: the runtime has the value from the node itself. */
function named(from: string, to: string): Pair[] {
  if (from === "" || to === "") return [];
  const node: GraphNode = { name: to, op: "Identity", domain: "", inputs: [from], outputs: [to], attributes: {} };
  return [{ node, raw: null }];
}

function renamedNode(node: GraphNode, rename: Rename): GraphNode {
  const plain = (names: readonly string[]) => names.map((name) => (name === "" ? "" : rename(name)));
  const { bodies } = node;
  const copy = { ...node, inputs: plain(node.inputs), outputs: plain(node.outputs) };
  if (bodies === undefined) return copy;
  const inside = Object.entries(bodies).map(([key, body]) => [key, renamedGraph(body, rename)] as const);
  return { ...copy, bodies: Object.fromEntries(inside) };
}

function renamedGraph(graph: NetworkGraph, rename: Rename): NetworkGraph {
  const keys = <Value>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].map(([name, value]) => [rename(name), value] as const));
  return {
    ...graph,
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
    nodes: graph.nodes.map((node) => renamedNode(node, rename)),
    tensors: keys(graph.tensors),
    constants: keys(graph.constants),
  };
}
