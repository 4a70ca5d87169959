import { MAX_GRAPH_NODES } from "../../base/limits.ts";
import type { GraphNode, MetadataValue, NetworkGraph } from "../types.ts";

const MAX_LAYERS = 10_000;
const MAX_TEXT = 4096;
/** Values of an attribute's list that are kept. */
const MAX_LIST = 64;
/** Metadata of a user, copied as plain data: how deep, and how many values in all. */
const MAX_DEPTH = 8;
const MAX_VALUES = 2000;

type Json = Readonly<Record<string, unknown>>;
const record = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, MAX_TEXT) : "");

/** Layer name → class, of a Keras model's configuration, in its order. */
export function layerClasses(topology: unknown): Record<string, string> {
  const top = record(topology);
  const model = "model_config" in top ? record(top.model_config) : top;
  const config = model.config;
  const layers = list(Array.isArray(config) ? config : record(config).layers).slice(0, MAX_LAYERS);
  return Object.fromEntries(
    layers.flatMap((layer): [string, string][] => {
      const { class_name, config: own, name } = record(layer);
      const label = text(record(own).name) || text(name);
      return label === "" ? [] : [[label, text(class_name)]];
    }),
  );
}

/** A GraphDef in JSON as a network; `tensors` are the names of weights, which are constants' names. */
export function graphOf(topology: unknown, tensors: ReadonlySet<string>): NetworkGraph | undefined {
  const nodes = list(record(topology).node);
  if (nodes.length === 0 || nodes.length > MAX_GRAPH_NODES) return undefined;
  const kept: GraphNode[] = [];
  const inputs: string[] = [];
  const values = new Map<string, string>();
  for (const entry of nodes) {
    const node = record(entry);
    const name = text(node.name);
    const op = text(node.op);
    if (name === "") continue;
    if (tensors.has(name)) values.set(name, name);
    if (op === "Const") continue;
    if (op === "Placeholder") inputs.push(name);
    kept.push({
      name,
      op,
      domain: "",
      inputs: list(node.input).map(text).flatMap(valueName),
      outputs: [name],
      attributes: attributesOf(node.attr),
    });
  }
  const taken = new Set(kept.flatMap((node) => node.inputs));
  const outputs = kept.map(({ name }) => name).filter((name) => !taken.has(name));
  return { path: "", inputs, outputs, nodes: kept, tensors: values, constants: new Map() };
}

/** "^a" only orders; "a:0" is the first value of a. */
const valueName = (input: string): string[] => (input.startsWith("^") ? [] : [input.replace(/:0$/, "")]);

function attributesOf(attributes: unknown): Record<string, MetadataValue> {
  return Object.fromEntries(
    Object.entries(record(attributes)).flatMap(([key, value]): [string, MetadataValue][] => {
      const plain = attributeValue(record(value));
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}

/** AttrValue in JSON: 64-bit numbers are texts. */
function attributeValue({ b, i, f, type, list: many }: Json): MetadataValue | undefined {
  if (typeof b === "boolean") return b;
  if (i !== undefined) return number(i);
  if (f !== undefined) return number(f);
  if (typeof type === "string") return text(type);
  const numbers = list(record(many).i).slice(0, MAX_LIST).map(number);
  return numbers.length > 0 ? numbers : undefined;
}

const number = (value: unknown): number | string => {
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : String(value).slice(0, 64);
};

/** Anything from JSON as metadata, within bounds. */
export function plainData(value: unknown): MetadataValue {
  let left = MAX_VALUES;
  const copy = (one: unknown, depth: number): MetadataValue => {
    left -= 1;
    if (typeof one === "string") return text(one);
    if (typeof one === "number" || typeof one === "boolean" || one === null) return one;
    if (typeof one !== "object" || depth > MAX_DEPTH || left < 0) return "…";
    if (Array.isArray(one)) return one.slice(0, Math.max(0, left)).map((item) => copy(item, depth + 1));
    return Object.fromEntries(
      Object.entries(one)
        .slice(0, Math.max(0, left))
        .map(([key, item]) => [key, copy(item, depth + 1)]),
    );
  };
  return copy(value, 0);
}
