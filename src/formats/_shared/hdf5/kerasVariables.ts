import type { Finding, MetadataValue } from "../../types.ts";
import type { FoundArray, Hdf5Content } from "./walk.ts";

/** A layer's own name, where it is one that a person gave. */
const MAX_LAYER_NAME = 256;
const NUMBERED = /^(.*?)\/?vars\/(\d+)$/;

/** Variables of the layers that have more than a kernel and a bias, in the order in which the layers make them. */
const BY_CLASS: Readonly<Record<string, readonly string[]>> = {
  embedding: ["embeddings"],
  reversible_embedding: ["embeddings", "reverse_embeddings"],
  position_embedding: ["position_embeddings"],
  batch_normalization: ["gamma", "beta", "moving_mean", "moving_variance"],
  layer_normalization: ["gamma", "beta"],
  group_normalization: ["gamma", "beta"],
  separable_conv1d: ["depthwise_kernel", "pointwise_kernel", "bias"],
  separable_conv2d: ["depthwise_kernel", "pointwise_kernel", "bias"],
};

/**
 * Keras 3 numbers the variables of a layer: `layers/dense_1/vars/0`. The folder says the layer's class, its attribute `name` the layer's
 * own name. Each variable is called by its name here, `layers/head/kernel`, where class or shapes leave one reading; else it keeps its number.
 * Null if the file is of another kind.
 */
export function readKeras3(
  { arrays, attributes }: Hdf5Content,
  config?: MetadataValue,
): { arrays: FoundArray[]; findings: Finding[] } | null {
  if (arrays.length === 0 || !arrays.every(({ name }) => NUMBERED.test(name))) return null;
  const groups = new Map<string, FoundArray[]>();
  for (const array of arrays) {
    const owner = NUMBERED.exec(array.name)?.[1] ?? "";
    groups.set(owner, [...(groups.get(owner) ?? []), array]);
  }
  const named: FoundArray[] = [];
  const taken = new Set<string>();
  let unnamed = 0;
  for (const [owner, members] of inOrder(groups, layerOrder(config), attributes)) {
    members.sort((a, b) => numberOf(a) - numberOf(b));
    const optimizer = /^(optimizer|_optimizer)(\/|$)/.test(owner);
    const names = optimizer ? null : variableNames(owner, members);
    if (names === null && !optimizer) unnamed += members.length;
    const place = ownName(owner, attributes);
    members.forEach((member, i) => {
      const variable = names?.[i] ?? `vars/${numberOf(member)}`;
      const wanted = place === "" ? variable : `${place}/${variable}`;
      const name = taken.has(wanted) ? member.name : wanted;
      taken.add(name);
      named.push({ ...member, name });
    });
  }
  // What names one array under two must still name the other by what it is called now.
  const renamed = new Map(named.map((array) => [array.array, array.name]));
  return {
    arrays: named.map((array) =>
      array.sameAs === undefined ? array : { ...array, sameAs: renamed.get(array.array) ?? array.sameAs },
    ),
    findings:
      unnamed === 0
        ? []
        : [
            {
              kind: "warning",
              message: `The file numbers its variables; ${unnamed} of them could not be told by class and shape and keep their numbers.`,
            },
          ],
  };
}

const numberOf = ({ name }: FoundArray) => Number(NUMBERED.exec(name)?.[2] ?? 0);

function variableNames(owner: string, members: readonly FoundArray[]): readonly string[] | null {
  const shapes = members.map(({ array }) => array.shape);
  const ranks = shapes.map((shape) => shape.length);
  const layer = (owner.split("/").at(-1) ?? "").replace(/_\d+$/, "");
  const known = BY_CLASS[layer];
  if (known !== undefined && (known.length === members.length || layer.endsWith("embedding")))
    return known.slice(0, members.length);
  if (layer === "batch_normalization") return null;
  const [first = [], second = []] = shapes;
  const sameLength = shapes.every((shape) => shape.length === 1 && shape[0] === first[0]);
  if (members.length === 4 && sameLength) return BY_CLASS.batch_normalization ?? null;
  if (members.length === 2 && sameLength) return ["gamma", "beta"];
  if (members.length === 1) return (ranks[0] ?? 0) >= 2 ? ["kernel"] : null;
  if (members.length === 2) {
    const fits = (ranks[0] ?? 0) >= 2 && (ranks[1] ?? 0) < (ranks[0] ?? 0);
    return fits && second.length > 0 ? ["kernel", "bias"] : recurrent(shapes) ? ["kernel", "recurrent_kernel"] : null;
  }
  return members.length === 3 && recurrent(shapes) ? ["kernel", "recurrent_kernel", "bias"] : null;
}

/** (in, k·u) beside (u, k·u). */
function recurrent([kernel = [], state = []]: readonly (readonly number[])[]): boolean {
  const [units = 0, width = 0] = state;
  return (
    kernel.length === 2 && state.length === 2 && kernel[1] === width && units > 0 && [1, 3, 4].includes(width / units)
  );
}

/** The folder of a layer in a container is called after its class; the layer's own name is an attribute of its variables. */
function ownName(owner: string, attributes: Hdf5Content["attributes"]): string {
  const parts = owner.split("/");
  return parts
    .map((part, i) => {
      if (i === 0 || !/^_?layers$/.test(parts[i - 1] ?? "")) return part;
      const name = attributes.get(`${parts.slice(0, i + 1).join("/")}/vars`)?.get("name");
      return typeof name === "string" && name !== "" && name.length <= MAX_LAYER_NAME && !name.includes("/")
        ? name
        : part;
    })
    .join("/");
}

/** Names of the layers as the configuration lists them. */
function layerOrder(config: MetadataValue | undefined): Map<string, number> {
  const order = new Map<string, number>();
  const layers = recordOf(recordOf(config).config).layers;
  if (Array.isArray(layers))
    for (const layer of layers) {
      const name = recordOf(recordOf(layer).config).name;
      if (typeof name === "string") order.set(name, order.size);
    }
  return order;
}

function recordOf(value: MetadataValue | undefined): { readonly [key: string]: MetadataValue } {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}

const isList = (value: MetadataValue): value is readonly MetadataValue[] => Array.isArray(value);

/** By the configuration where there is one, else by name with numbers counted; the optimizer last. */
function inOrder(
  groups: ReadonlyMap<string, FoundArray[]>,
  order: ReadonlyMap<string, number>,
  attributes: Hdf5Content["attributes"],
): [string, FoundArray[]][] {
  const place = (owner: string) => {
    if (/^_?optimizer(\/|$)/.test(owner)) return Number.MAX_SAFE_INTEGER;
    const segments = ownName(owner, attributes).split("/");
    for (const segment of segments) {
      const at = order.get(segment);
      if (at !== undefined) return at;
    }
    return order.size;
  };
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return [...groups].sort(([a], [b]) => place(a) - place(b) || compare(a, b));
}
