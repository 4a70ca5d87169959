import type { MetadataValue } from "../../types.ts";
import { plainJson } from "../plainJson.ts";
import type { Reading } from "./checkpoint.ts";
import { readKeras3 } from "./kerasVariables.ts";
import type { FoundArray, Hdf5Content } from "./walk.ts";

type Attributes = Hdf5Content["attributes"];

/** Texts of attributes that are JSON by their name. */
const JSON_ATTRIBUTES = new Set(["model_config", "training_config", "optimizer_config", "user_defined_metadata"]);
const MAX_JSON_TEXT = 8 * 1024 * 1024;

/**
 * Whether a file is Keras': the whole model of Keras 1 to 3 (`keras_version`, `model_config`), weights alone
 * (`layer_names`), or Keras 3's variables by number (`…/vars/0`).
 */
export function isKeras({ attributes, arrays }: Hdf5Content): boolean {
  const root = attributes.get("");
  if (["keras_version", "model_config", "layer_names", "layer_names0"].some((name) => root?.has(name) === true))
    return true;
  return (
    attributes.has("model_weights") || (arrays.length > 0 && arrays.every(({ name }) => /(^|\/)vars\/\d+$/.test(name)))
  );
}

/** The arrays under their names in layer order, and what the file tells about the model. */
export function readKeras(content: Hdf5Content, config?: MetadataValue): Reading {
  const { attributes, skipped } = content;
  const numbered = readKeras3(content, config);
  const ordered = numbered ?? { arrays: inLayerOrder(content.arrays, attributes), findings: [] };
  return {
    framework: "keras",
    arrays: ordered.arrays,
    skipped,
    metadata: metadataOf(attributes),
    findings: ordered.findings,
  };
}

function metadataOf(attributes: Attributes): Record<string, MetadataValue> {
  const entries = new Map<string, MetadataValue>();
  for (const [path, found] of attributes) {
    // Variables' own names are in the tensors' names already.
    if (path.endsWith("vars") && found.size === 1) continue;
    for (const [name, value] of found) {
      if (name === "weight_names" || /^(weight|layer)_names\d+$/.test(name)) continue;
      entries.set(path === "" ? name : `${path}@${name}`, JSON_ATTRIBUTES.has(name) ? configuration(value) : value);
    }
    const layers = listAttribute(found, "layer_names");
    if (layers.length > 0) entries.set(path === "" ? "layer_names" : `${path}@layer_names`, layers);
  }
  return Object.fromEntries(entries);
}

/** Configurations are JSON inside a text. One that is not stays what it is. */
function configuration(value: MetadataValue): MetadataValue {
  return typeof value === "string" && value.length <= MAX_JSON_TEXT ? (plainJson(value) ?? value) : value;
}

/** A list of names; Keras cuts those that are longer than an object header allows into `name0`, `name1`, … */
function listAttribute(found: ReadonlyMap<string, MetadataValue> | undefined, name: string): string[] {
  const texts = (value: MetadataValue | undefined) =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
  const whole = texts(found?.get(name));
  if (whole.length > 0) return whole;
  const list: string[] = [];
  for (let i = 0; found?.has(`${name}${i}`) === true; i++) list.push(...texts(found.get(`${name}${i}`)));
  return list;
}

/** HDF5 sorts names; Keras says the order of layers and of each layer's variables in attributes. */
function inLayerOrder(arrays: readonly FoundArray[], attributes: Attributes): FoundArray[] {
  const rank = new Map<string, number>();
  for (const [group, found] of attributes) {
    const at = group === "" ? "" : `${group}/`;
    for (const layer of listAttribute(found, "layer_names"))
      for (const weight of listAttribute(attributes.get(at + layer), "weight_names"))
        rank.set(`${at}${layer}/${weight}`, rank.size);
  }
  for (const [group, found] of attributes)
    for (const weight of listAttribute(found, "weight_names"))
      if (!rank.has(`${group}/${weight}`)) rank.set(`${group}/${weight}`, rank.size);
  const place = ({ name }: FoundArray) => rank.get(name) ?? Number.POSITIVE_INFINITY;
  return [...arrays].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}
