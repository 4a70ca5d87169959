import type { NamedParameter } from "../network/parameters.ts";
import type { LayerUse, NetworkModel } from "../network/types.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { quantityOf } from "../python/values/quantities.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { Framework, Law } from "../python/values/types.ts";
import { isPlain } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import type { StatedFamily, StatedLaw } from "../types.ts";

/** Laws of parameters whose numbers are known and whose name in a checkpoint can be told. A name with two laws in one network has none. */
export function statedLaws(models: readonly StudiedModel[]): readonly StatedLaw[] {
  return models.flatMap((model, index) =>
    placedLaws(model).map(({ place, told }) => ({
      ...told,
      model: `${model.network.name} ${index}`,
      from: start(place),
      to: end(place),
    })),
  );
}

/** All but where it stands and which of the networks it is, which every key may change. */
interface PlacedLaw {
  readonly place: Place;
  readonly told: Omit<StatedLaw, "model" | "from" | "to">;
}

const placed = new WeakMap<NetworkModel, readonly PlacedLaw[]>();

function placedLaws({ network, parameters }: StudiedModel): readonly PlacedLaw[] {
  const known = placed.get(network);
  if (known !== undefined) return known;
  const laws = new Map<string, PlacedLaw | null>();
  // Counted anew in each network: numbers of the interpreter change with every key.
  const ids = new Map<number, number>();
  for (const { parameter } of parameters) if (!ids.has(parameter.id)) ids.set(parameter.id, ids.size);
  const order = new Map(
    [...new Set(parameters.map(({ module }) => module.id))].sort((a, b) => a - b).map((id, k) => [id, k]),
  );
  for (const named of network.loaded ? [] : parameters) {
    const law = lawOf(
      named,
      network,
      (id) => ids.get(id) ?? 0,
      (id) => order.get(id) ?? 0,
    );
    if (law === null) continue;
    const key = `${law.told.tensor} ${law.told.numbered?.order ?? ""}`;
    const other = laws.get(key);
    laws.set(key, other === undefined || (other !== null && same(other, law)) ? law : null);
  }
  const told = [...laws.values()].filter((law) => law !== null);
  placed.set(network, told);
  return told;
}

function same({ told: a }: PlacedLaw, { told: b }: PlacedLaw): boolean {
  return a.variance === b.variance && a.mean === b.mean && a.family === b.family;
}

function lawOf(
  { holder, name, module, parameter, law, use }: NamedParameter,
  network: NetworkModel,
  parameterOf: (id: number) => number,
  orderOf: (id: number) => number,
): PlacedLaw | null {
  const [variance, mean] = [knownNumber(law.variance), knownNumber(law.mean)];
  const family = familyOf(law);
  const title =
    module.kind === "module"
      ? titleOf(holder, module, orderOf(module.id))
      : holder === null
        ? null
        : { path: holder, numbered: null };
  if (family === null || variance === null || mean === null || title === null) return null;
  if (module.kind === "module" && module.wrapped !== "") return null;
  const framework: Framework = module.kind === "module" ? module.framework : network.framework;
  const separator = framework === "torch" ? "." : "/";
  const told = {
    tensor: title.path === "" ? name : `${title.path}${separator}${name}`,
    parameter: name,
    numbered: title.numbered,
    family,
    variance,
    mean,
    cut: law.family === "truncated-normal" && Number.isFinite(law.cut ?? Number.NaN) ? (law.cut ?? null) : null,
    zeros: paddingOf(module, law),
    shared: String(parameterOf(parameter.id)),
    label: law.label,
    ...sizesOf(name, use),
    activation: isMain(name) ? activationAfter(use) : null,
    plain: isPlain(network),
  };
  return { place: law.call ?? module.site, told };
}

/** Null: nothing that saved entries can be held against. */
function familyOf({ family, cut }: Law): StatedFamily | null {
  switch (family) {
    case "unknown":
    case "identity":
    case "delta-orthogonal":
      return null;
    case "sparse":
      return "other";
    case "truncated-normal":
      return cut === undefined ? "other" : Number.isFinite(cut) ? "truncated" : "normal";
    default:
      return family;
  }
}

type Title = Pick<StatedLaw, "numbered"> & { readonly path: string };

/**
 * PyTorch names by attributes alone. Keras and Flax name a layer as it was told to be named, by the attribute that holds it, or by its class and a number;
 * of the last two the file decides.
 */
function titleOf(
  holder: string | null,
  module: Extract<NamedParameter["module"], { kind: "module" }>,
  order: number,
): Title | null {
  if (module.framework === "torch") return holder === null ? null : { path: holder, numbered: null };
  const given = module.attributes.get("name");
  if (given?.kind === "string") return { path: given.value, numbered: null };
  const type = module.path.split(".").at(-1) ?? "";
  const base = module.framework === "keras" ? snake(type) : type;
  // An item of a list in Flax' setup is blocks_0.
  const path = holder?.replaceAll(/\.(\d+)(?=\.|$)/g, module.framework === "flax" ? "_$1" : ".$1").replaceAll(".", "/");
  return { path: path === undefined || path === "" ? base : path, numbered: { base, order } };
}

/** As Keras makes names of classes. */
function snake(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

/** PyTorch's table keeps its padding row at zero until somebody draws the whole of it anew. */
function paddingOf(module: NamedParameter["module"], { call }: Law): number {
  if (module.kind !== "module" || module.type !== "embedding" || call !== null) return 0;
  const [row, rows] = [quantityOf(module.attributes.get("padding_idx")), knownNumber(module.inputs)];
  return row === null || rows === null || rows < 1 ? 0 : 1 / rows;
}

function isMain(name: string): boolean {
  return name === "weight" || name === "kernel";
}

/** Of a layer's own kernel; vectors have as many entries as there are units. */
function sizesOf(name: string, use: LayerUse | null): Pick<StatedLaw, "fanIn" | "fanOut"> {
  if (use === null || use.module.type === "attention" || use.module.type === "recurrent")
    return { fanIn: null, fanOut: null };
  if (name === "bias") return { fanIn: null, fanOut: knownNumber(use.module.outputs) };
  if (!isMain(name)) return { fanIn: null, fanOut: null };
  return { fanIn: use.fanIn === null ? null : knownNumber(use.fanIn), fanOut: knownNumber(use.fanOut) };
}

function activationAfter(use: LayerUse | null): string | null {
  const [after, ...others] = use?.after ?? [];
  return after?.kind === "activation" && others.length === 0 ? after.activation : null;
}
