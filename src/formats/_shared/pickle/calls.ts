import { latin1Bytes } from "./cursor.ts";
import {
  asNumber,
  asSequence,
  PickleDict,
  PickleFloat,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

/** Work that a single opcode can ask for beyond its own bytes is paid for here, so that repeating it stays bounded. */
export type Charge = (units: number) => void;

const encoder = new TextEncoder();

/** The data that a call of an allow-listed constructor stands for, or undefined where it stays an inert object. */
export function dataOfCall(
  callee: PickleGlobal,
  args: readonly PickleValue[],
  charge: Charge,
): PickleValue | undefined {
  switch (callee.path) {
    case "collections.OrderedDict":
    case "collections.Counter":
    case "builtins.dict":
    case "__builtin__.dict":
      return dictOf(args[0], charge);
    case "collections.defaultdict":
      return dictOf(args[1], charge);
    case "builtins.set":
    case "builtins.frozenset":
    case "__builtin__.set":
    case "__builtin__.frozenset": {
      const set = new PickleSet();
      const items = asSequence(args[0]) ?? [];
      charge(items.length);
      for (const item of items) set.items.add(item);
      return set;
    }
    case "builtins.list":
    case "__builtin__.list":
    case "collections.deque":
    case "builtins.tuple":
    case "__builtin__.tuple":
    case "torch.Size": {
      const items = asSequence(args[0]) ?? [];
      charge(items.length);
      const isList = callee.name === "list" || callee.name === "deque";
      return isList ? new PickleList([...items]) : new PickleTuple([...items]);
    }
    // The first argument is the list (or dictionary) itself, the second says of what.
    case "torch.jit._pickle.restore_type_tag":
    case "torch.jit._pickle.build_intlist":
    case "torch.jit._pickle.build_tensorlist":
    case "torch.jit._pickle.build_doublelist":
    case "torch.jit._pickle.build_boollist":
      return args[0];
    case "_codecs.encode":
      return encoded(args, charge);
    case "builtins.bytes":
    case "builtins.bytearray":
    case "__builtin__.bytearray":
      return bytesOf(args, charge);
    case "builtins.int":
    case "builtins.float": {
      const value = asNumber(args[0]);
      if (value === undefined) return undefined;
      return callee.name === "int" ? Math.trunc(value) : new PickleFloat(value);
    }
    case "builtins.bool":
      return typeof args[0] === "boolean" ? args[0] : undefined;
    case "builtins.str":
      return typeof args[0] === "string" ? args[0] : undefined;
    case "copyreg._reconstructor":
    case "copy_reg._reconstructor":
    case "copyreg.__newobj__": {
      const cls = args[0];
      return cls instanceof PickleGlobal ? new PickleObject(cls, [], "instance") : undefined;
    }
    default:
      return undefined;
  }
}

function dictOf(source: PickleValue | undefined, charge: Charge): PickleDict {
  const dict = new PickleDict();
  if (source instanceof PickleDict) {
    charge(source.entries.size);
    for (const [key, value] of source.entries) dict.entries.set(key, value);
    return dict;
  }
  const pairs = asSequence(source) ?? [];
  charge(pairs.length);
  for (const pair of pairs) {
    const items = asSequence(pair);
    if (items !== undefined && items.length === 2) dict.entries.set(items[0]!, items[1]!);
  }
  return dict;
}

/** Protocols below 3 have no bytes opcode: bytes arrive as text to be encoded as latin-1. */
function encoded(args: readonly PickleValue[], charge: Charge): PickleValue | undefined {
  const [text, encoding = "utf-8"] = args;
  if (text instanceof Uint8Array) return text;
  if (typeof text !== "string" || typeof encoding !== "string") return undefined;
  charge(text.length);
  if (/^(latin-?1|iso-?8859-?1)$/i.test(encoding)) return latin1Bytes(text);
  return /^utf-?8$/i.test(encoding) ? encoder.encode(text) : undefined;
}

function bytesOf(args: readonly PickleValue[], charge: Charge): PickleValue | undefined {
  const [source] = args;
  if (source === undefined) return new Uint8Array(0);
  if (source instanceof Uint8Array) return source;
  if (typeof source === "string") return encoded([source, args[1] ?? "latin-1"], charge);
  const items = asSequence(source);
  if (items === undefined) return undefined;
  charge(items.length);
  return Uint8Array.from(items, (item) => asNumber(item) ?? 0);
}
