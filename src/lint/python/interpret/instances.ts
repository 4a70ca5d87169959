import type { Value } from "../values/types.ts";
import { descendsFrom, libraryBases } from "./ancestry.ts";

/** Library classes that hold others: "torch.nn.modules.conv._ConvNd" is any convolution. */
const FAMILIES: readonly (readonly [RegExp, RegExp])[] = [
  [/\b_ConvNd$/, /^torch\.nn\.Conv(?:Transpose)?\dd$/],
  [/\b_ConvTransposeNd$/, /^torch\.nn\.ConvTranspose\dd$/],
  [/\b_BatchNorm$/, /^torch\.nn\.(?:Sync)?BatchNorm(?:\dd)?$/],
  [/\b_NormBase$/, /^torch\.nn\.(?:(?:Sync)?BatchNorm|InstanceNorm)(?:\dd)?$/],
  [/\b_InstanceNorm$/, /^torch\.nn\.InstanceNorm\dd$/],
  [/\bRNNBase$/, /^torch\.nn\.(?:LSTM|GRU|RNN)$/],
  [/^torch\.nn\.Module$/, /^torch\.nn\./],
  [/^keras\.layers\.Layer$/, /^keras\./],
];

/** isinstance(value, type); null: cannot tell. */
export function instanceOf(value: Value, type: Value): boolean | null {
  if (type.kind === "list") {
    const answers = type.items.map((one) => instanceOf(value, one));
    if (answers.includes(true)) return true;
    return answers.includes(null) || type.rest !== null ? null : false;
  }
  if (value.kind === "unknown" || value.kind === "signal" || type.kind === "unknown") return null;
  if (type.kind === "class") return value.kind === "object" ? descendsFrom(value.type, type) : false;
  if (type.kind !== "external") return null;
  const { path } = type;
  if (path.startsWith("builtins.")) return builtinInstance(value, path);
  if (value.kind === "module") return isA(value.path, path);
  if (value.kind !== "object") return false;
  const bases = libraryBases(value.type);
  if (bases.some((base) => isA(base, path))) return true;
  if (path === "torch.nn.Module" && bases.length > 0) return true;
  // A library class that we do not know may well be another's child.
  return bases.every((base) =>
    /^(?:torch\.nn\.Module|keras\.(?:layers\.Layer|Model)|flax\.(?:linen|nnx)\.Module)$/.test(base),
  )
    ? false
    : null;
}

function isA(path: string, wanted: string): boolean {
  return path === wanted || FAMILIES.some(([family, members]) => family.test(wanted) && members.test(path));
}

function builtinInstance(value: Value, path: string): boolean | null {
  switch (path) {
    case "builtins.int":
    case "builtins.float":
      return value.kind === "number"
        ? value.value.powers.length > 0
          ? null
          : path.endsWith("float") || Number.isInteger(value.value.factor)
        : false;
    case "builtins.str":
      return value.kind === "string";
    case "builtins.bool":
      return value.kind === "bool";
    case "builtins.list":
    case "builtins.tuple":
      return value.kind === "list" ? value.tuple === path.endsWith("tuple") : false;
    case "builtins.dict":
      return value.kind === "dict";
    default:
      return null;
  }
}
