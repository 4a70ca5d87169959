import { DTYPES } from "../../base/dtype.ts";
import { FormatError } from "../../base/errors.ts";
import type { ReadBytes, TensorEntry } from "../_shared/entryCheckpoint.ts";
import type { GraphNode, MetadataValue, NetworkGraph } from "../types.ts";
import { FORMAT } from "./tensorProto.ts";

/** Scales and zero points are held while a weight is read: one for each row, or for each block of a row. */
const MAX_SCALES = 2 ** 24;

/** Numbers that stand in a tensor, or were small enough to be kept with the graph. */
type Numbers =
  | { readonly entry: TensorEntry }
  | { readonly values: readonly number[]; readonly shape: readonly number[] | null };

/** How a stored integer weight becomes numbers: value = (stored − zero) × scale, each for the whole, a row or a block. */
export interface Quantized {
  readonly packed: TensorEntry;
  readonly scale: Numbers;
  readonly zero: Numbers | undefined;
  readonly axis: number;
  readonly block: number;
}

/** Integer tensors that a DequantizeLinear node takes with its scale: tensor name → how. */
export function quantizedTensors(
  graph: NetworkGraph,
  entries: ReadonlyMap<string, TensorEntry>,
): ReadonlyMap<string, Quantized> {
  const found = new Map<string, Quantized>();
  const walk = (one: NetworkGraph, around: readonly NetworkGraph[]) => {
    const scope = [one, ...around];
    const constants = new Map(
      one.nodes.filter(({ op }) => op === "Constant").map((node) => [node.outputs[0] ?? "", node]),
    );
    for (const node of one.nodes) {
      for (const body of Object.values(node.bodies ?? {})) walk(body, scope);
      if (node.op !== "DequantizeLinear") continue;
      const [codes, scale, zero] = node.inputs.map((input) => numbersOf(input, scope, constants, entries));
      if (codes === undefined || scale === undefined || !("entry" in codes) || found.has(codes.entry.info.name))
        continue;
      const quantized = readNode(node, codes.entry, scale, node.inputs[2] ? zero : undefined);
      if (quantized !== undefined) found.set(codes.entry.info.name, quantized);
    }
  };
  walk(graph, []);
  for (const one of graph.functions?.values() ?? []) walk(one, []);
  return found;
}

function numbersOf(
  value: string,
  scope: readonly NetworkGraph[],
  constants: ReadonlyMap<string, GraphNode>,
  entries: ReadonlyMap<string, TensorEntry>,
): Numbers | undefined {
  for (const graph of scope) {
    const entry = entries.get(graph.tensors.get(value) ?? "");
    if (entry !== undefined) return { entry };
    const kept =
      graph.constants.get(value) ??
      constants.get(value)?.attributes.value ??
      constants.get(value)?.attributes.value_float;
    const values = plainNumbers(kept);
    if (values !== undefined) return { values, shape: typeof kept === "number" ? [] : null };
  }
  return undefined;
}

const plainNumbers = (kept: MetadataValue | undefined): readonly number[] | undefined => {
  const list = Array.isArray(kept) ? kept : [kept];
  return list.every((one) => typeof one === "number") ? list : undefined;
};

function readNode(
  node: GraphNode,
  packed: TensorEntry,
  scale: Numbers,
  zero: Numbers | undefined,
): Quantized | undefined {
  const { shape, dtype } = packed.info;
  if (DTYPES[dtype].kind !== "integer") return undefined;
  const given = typeof node.attributes.axis === "number" ? node.attributes.axis : 1;
  const axis = given < 0 ? given + shape.length : given;
  const block = typeof node.attributes.block_size === "number" ? node.attributes.block_size : 0;
  const count = countOf(scale);
  const wanted =
    block > 0 ? blockShape(shape, axis, block).reduce((product, length) => product * length, 1) : (shape[axis] ?? 1);
  // One scale for all, one for each index along the axis, or one for each block along it.
  if (count > MAX_SCALES || !(count === 1 || (axis < shape.length && count === wanted))) return undefined;
  if (zero !== undefined && countOf(zero) !== count) return undefined;
  return { packed, scale, zero, axis, block: count === 1 ? 0 : block };
}

const countOf = (numbers: Numbers) => ("entry" in numbers ? numbers.entry.info.elements : numbers.values.length);
const blockShape = (shape: readonly number[], axis: number, block: number) =>
  shape.map((length, i) => (i === axis ? Math.ceil(length / block) : length));

async function valuesOf(numbers: Numbers, bytes: ReadBytes): Promise<ArrayLike<number>> {
  return "entry" in numbers ? numbers.entry.read(0, numbers.entry.info.elements, bytes) : numbers.values;
}

/** The weight that the network computes with: float32, by the arithmetic of ONNX's own reference. */
export function dequantized({ packed, scale, zero, axis, block }: Quantized): TensorEntry {
  const { info } = packed;
  const inner = info.shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  const length = info.shape[axis] ?? 1;
  const blocks = block > 0 ? Math.ceil(length / block) : length;
  return {
    info: { name: info.name, shape: info.shape, dtype: "f32", elements: info.elements, storedBytes: 0 },
    async read(start, count, bytes) {
      const scales = await valuesOf(scale, bytes);
      const zeros = zero === undefined ? undefined : await valuesOf(zero, bytes);
      if (scales.length === 0)
        throw new FormatError("The scales of the weight are empty.", {
          format: FORMAT,
          field: "x_scale",
          tensor: info.name,
        });
      const codes = await packed.read(start, count, bytes);
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        const at = scales.length === 1 ? 0 : placeOf(start + i, inner, length, block, blocks);
        out[i] = (codes[i]! - (zeros?.[at] ?? 0)) * scales[at]!;
      }
      return out;
    },
  };
}

/** Which scale belongs to an element, by its row-major index. */
function placeOf(index: number, inner: number, length: number, block: number, blocks: number): number {
  const along = Math.floor(index / inner) % length;
  if (block === 0) return along;
  const outer = Math.floor(index / (inner * length));
  return (outer * blocks + Math.floor(along / block)) * inner + (index % inner);
}
