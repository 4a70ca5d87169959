import { LimitError } from "../../../base/errors.ts";
import { MAX_NAME_LENGTH, MAX_NESTING_DEPTH, MAX_TENSORS } from "../../../base/limits.ts";
import type { MetadataValue, SkippedTensor } from "../../types.ts";
import {
  PickleDict,
  PickleFloat,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "../pickle/values.ts";
import { type TensorLayout, tensorOf } from "./layout.ts";
import { MetadataCollector, scalarOf, smallListOf } from "./metadata.ts";
import { type InlineArray, numpyArrayOf } from "./numpy.ts";

/** Values visited on the walk: shared objects count each time they are reached. */
const MAX_VISITS = 2_000_000;
/** Names that one tensor may have. Tied weights have two or three; a maze of shared lists has billions. */
const MAX_ALIASES = 1000;

export interface NamedTensor {
  readonly name: string;
  readonly data: TensorLayout | InlineArray;
}

export interface WalkResult {
  readonly tensors: readonly NamedTensor[];
  readonly skipped: readonly SkippedTensor[];
  readonly metadata: Record<string, MetadataValue>;
  /** Plain values left out because there were too many. */
  readonly metadataDropped: number;
}

/**
 * Finds the tensors in an unpickled object and names each by its path: "/" between nesting levels, "." inside a module,
 * a state dict's own dots kept. Cycles end where they close; depth, visits and aliases are bounded.
 */
export function walkTensors(roots: readonly WalkRoot[], format: string): WalkResult {
  const walker = new Walker(format);
  for (const { path, value } of roots) walker.visit(value, path, 0);
  return walker.finish();
}

/** An unpickled object, and the name under which its tensors stand ("": their own). */
export interface WalkRoot {
  readonly path: string;
  readonly value: PickleValue;
}

class Walker {
  readonly #tensors: NamedTensor[] = [];
  readonly #skipped: SkippedTensor[] = [];
  readonly #names = new Map<string, number>();
  readonly #metadata = new MetadataCollector();
  readonly #modules = new Map<string, MetadataValue>();
  /** Containers on the way from the root to here. */
  readonly #open = new Set<PickleValue>();
  /** Containers without any tensor below: reached again by another way, they are not walked again. */
  readonly #barren = new Set<PickleValue>();
  readonly #aliases = new Map<PickleObject, number>();
  #visits = 0;

  constructor(readonly format: string) {}

  finish(): WalkResult {
    if (this.#modules.size > 0) this.#metadata.set("modules", Object.fromEntries(this.#modules));
    return {
      tensors: this.#tensors,
      skipped: this.#skipped,
      metadata: this.#metadata.finish(),
      metadataDropped: this.#metadata.dropped,
    };
  }

  visit(value: PickleValue, path: string, depth: number): void {
    this.#visits += 1;
    if (this.#visits > MAX_VISITS) this.#limit(`more than ${MAX_VISITS} values`);
    const plain = scalarOf(value);
    const scalar = plain === undefined ? smallListOf(value) : plain;
    if (scalar !== undefined) {
      this.#metadata.set(path === "" ? "value" : path, scalar);
      return;
    }
    if (value instanceof PickleObject && this.#tensor(value, path)) return;
    if (this.#open.has(value) || this.#barren.has(value)) return;
    if (depth >= MAX_NESTING_DEPTH) {
      this.#skipped.push({ name: shortName(path), reason: `nested deeper than ${MAX_NESTING_DEPTH} levels` });
      return;
    }
    const before = this.#tensors.length + this.#skipped.length;
    this.#open.add(value);
    this.#children(value, path, depth + 1);
    this.#open.delete(value);
    if (this.#tensors.length + this.#skipped.length === before) this.#barren.add(value);
  }

  #children(value: PickleValue, path: string, depth: number): void {
    if (value instanceof PickleList || value instanceof PickleTuple) {
      value.items.forEach((item, index) => {
        this.visit(item, join(path, String(index)), depth);
      });
    } else if (value instanceof PickleSet) {
      let index = 0;
      for (const item of value.items) this.visit(item, join(path, String(index++)), depth);
    } else if (value instanceof PickleDict) {
      this.#entries(value.entries, path, depth);
    } else if (value instanceof PickleObject) {
      const state = attributesOf(value);
      if (state !== undefined && isModule(value, state)) this.#module(value, state, path, "", depth);
      else this.#object(value, state, path, depth);
    }
  }

  #entries(entries: ReadonlyMap<PickleValue, PickleValue>, path: string, depth: number): void {
    let index = 0;
    for (const [key, item] of entries) this.visit(item, join(path, keyText(key, index++)), depth);
  }

  #object(value: PickleObject, state: PickleDict | undefined, path: string, depth: number): void {
    if (value.args.length > 0) {
      value.args.forEach((item, index) => {
        this.visit(item, join(path, `args/${index}`), depth);
      });
    }
    if (state !== undefined) this.#entries(state.entries, path, depth);
    else if (value.state !== null) this.visit(value.state, join(path, "state"), depth);
    value.items.forEach((item, index) => {
      this.visit(item, join(path, String(index)), depth);
    });
    this.#entries(value.entries, path, depth);
  }

  /** A torch.nn.Module: parameters and buffers by name, children after a dot, as its state_dict() would name them. */
  #module(object: PickleObject, state: PickleDict, base: string, dotted: string, depth: number): void {
    this.#modules.set(shortName(moduleName(base, dotted)) || "(root)", object.path.slice(0, 200));
    const scripted = SCRIPTED.test(object.path);
    for (const [key, item] of state.entries) {
      const own = typeof key === "string" ? key : "";
      // A compiled module keeps parameters, buffers and children side by side among its attributes.
      if (scripted) {
        // Recurrent layers list their weights once more under this name, which no state_dict has.
        if (holdsParts(item) && own !== "_flat_weights") this.#child(item, base, dot(dotted, keyText(key, 0)), depth);
        continue;
      }
      if ((own === "_parameters" || own === "_buffers") && item instanceof PickleDict) {
        for (const [name, tensor] of item.entries) {
          if (tensor !== null) this.visit(tensor, moduleName(base, dot(dotted, keyText(name, 0))), depth);
        }
      } else if (own === "_modules" && item instanceof PickleDict) {
        for (const [name, child] of item.entries) this.#child(child, base, dot(dotted, keyText(name, 0)), depth);
      } else if (!own.startsWith("_") && holdsParts(item)) {
        this.visit(item, moduleName(base, dot(dotted, own)), depth);
      }
    }
  }

  #child(child: PickleValue, base: string, dotted: string, depth: number): void {
    const state = child instanceof PickleObject ? attributesOf(child) : undefined;
    if (!(child instanceof PickleObject) || state === undefined || !isModule(child, state)) {
      if (child !== null) this.visit(child, moduleName(base, dotted), depth);
      return;
    }
    this.#visits += 1;
    if (this.#visits > MAX_VISITS) this.#limit(`more than ${MAX_VISITS} values`);
    if (this.#open.has(child) || this.#barren.has(child) || depth >= MAX_NESTING_DEPTH) return;
    const before = this.#tensors.length + this.#skipped.length;
    this.#open.add(child);
    this.#module(child, state, base, dotted, depth + 1);
    this.#open.delete(child);
    if (this.#tensors.length + this.#skipped.length === before) this.#barren.add(child);
  }

  #tensor(object: PickleObject, path: string): boolean {
    const found = tensorOf(object) ?? numpyArrayOf(object);
    if (found === undefined) return false;
    const aliases = (this.#aliases.get(object) ?? 0) + 1;
    this.#aliases.set(object, aliases);
    if (aliases > MAX_ALIASES) this.#limit(`one tensor under more than ${MAX_ALIASES} names`);
    if (this.#tensors.length >= MAX_TENSORS) this.#limit(`more than ${MAX_TENSORS} tensors`);
    const name = this.#unique(shortName(path === "" ? "tensor" : path));
    if (typeof found === "string") this.#skipped.push({ name, reason: found });
    else this.#tensors.push({ name, data: found });
    return true;
  }

  /** `{"a/b": t, "a": {"b": u}}` would give two equal names: the second gets a number. */
  #unique(name: string): string {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : this.#unique(`${name}#${count}`);
  }

  #limit(what: string): never {
    throw new LimitError(`The checkpoint holds ${what}, far beyond honest use.`, {
      format: this.format,
      field: "pickle",
    });
  }
}

/** The attributes that BUILD set: a dict, or the pair (dict, slots) that classes with slots write. */
function attributesOf(object: PickleObject): PickleDict | undefined {
  const { state } = object;
  if (state instanceof PickleDict) return state;
  if (state instanceof PickleTuple && state.items.length === 2) {
    const [attributes, slots] = state.items;
    if (slots instanceof PickleDict && !(attributes instanceof PickleDict)) return slots;
    if (attributes instanceof PickleDict) return attributes;
  }
  return undefined;
}

/** Classes of a TorchScript archive: they stand in the archive itself, as code that is never run. */
export const SCRIPTED = /^__torch__\./;

function isModule(object: PickleObject, state: PickleDict): boolean {
  if (SCRIPTED.test(object.path)) return true;
  return state.entries.get("_parameters") instanceof PickleDict && state.entries.get("_modules") instanceof PickleDict;
}

/** Attributes of a module that can hold tensors; its many plain settings stay off the metadata. */
function holdsParts(value: PickleValue): boolean {
  return (
    value instanceof PickleObject ||
    value instanceof PickleDict ||
    (value instanceof PickleList && smallListOf(value) === undefined)
  );
}

function keyText(key: PickleValue, index: number): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "bigint" || typeof key === "boolean") return String(key);
  if (key instanceof PickleFloat) return String(key.value);
  const plain = smallListOf(key);
  return Array.isArray(plain) ? `(${plain.join(", ")})` : `key ${index}`;
}

function join(path: string, key: string): string {
  return clip(path === "" ? key : `${path}/${key}`);
}

function dot(path: string, key: string): string {
  return clip(path === "" ? key : `${path}.${key}`);
}

/** Keys of a megabyte, nested, would make names of a gigabyte. */
function clip(path: string): string {
  return path.length <= 2 * MAX_NAME_LENGTH ? path : path.slice(0, 2 * MAX_NAME_LENGTH);
}

function moduleName(base: string, dotted: string): string {
  return dotted === "" ? base : join(base, dotted);
}

function shortName(path: string): string {
  return path.length <= MAX_NAME_LENGTH ? path : `${path.slice(0, MAX_NAME_LENGTH - 1)}…`;
}
