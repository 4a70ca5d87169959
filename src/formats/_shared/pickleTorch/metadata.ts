import type { MetadataValue } from "../../types.ts";
import {
  PickleFloat,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "../pickle/values.ts";
import { numpyScalarOf } from "./numpy.ts";

const MAX_ENTRIES = 5000;
const MAX_TEXT = 2000;
const MAX_LIST = 64;

/** Numbers, texts and small lists that lie between the tensors (epoch, learning rate, arguments), bounded. */
export class MetadataCollector {
  readonly #entries = new Map<string, MetadataValue>();
  dropped = 0;

  set(path: string, value: MetadataValue): void {
    if (this.#entries.size >= MAX_ENTRIES) this.dropped += 1;
    else this.#entries.set(path.slice(0, MAX_TEXT), value);
  }

  /** fromEntries defines own properties, so that a key `__proto__` is only a key. */
  finish(): Record<string, MetadataValue> {
    return Object.fromEntries(this.#entries);
  }
}

/** A value that is plain by itself, or undefined where it has parts to walk. */
export function scalarOf(value: PickleValue): MetadataValue | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value === "bigint") return value.toString().slice(0, MAX_TEXT);
  if (value instanceof PickleFloat) return Number.isFinite(value.value) ? value.value : String(value.value);
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`;
  if (value instanceof PickleGlobal) return value.path.slice(0, MAX_TEXT);
  if (value instanceof PickleObject) {
    if (value.path === "torch.device") return value.args.map((part) => String(scalarOf(part) ?? "")).join(":");
    if (/^pathlib(\.\w+)?\.\w+Path$/.test(value.path)) return pathText(value.args);
    const number = numpyScalarOf(value);
    if (typeof number === "number") return Number.isFinite(number) ? number : String(number);
    return number;
  }
  return undefined;
}

/** A short list of plain values, or undefined. */
export function smallListOf(value: PickleValue): MetadataValue | undefined {
  const items =
    value instanceof PickleList || value instanceof PickleTuple
      ? value.items
      : value instanceof PickleSet && value.items.size <= MAX_LIST
        ? [...value.items]
        : undefined;
  if (items === undefined || items.length > MAX_LIST) return undefined;
  const plain: MetadataValue[] = [];
  for (const item of items) {
    const scalar = scalarOf(item);
    if (scalar === undefined) return undefined;
    plain.push(scalar);
  }
  return plain;
}

function pathText(parts: readonly PickleValue[]): string {
  const texts = parts.filter((part): part is string => typeof part === "string");
  const [first = "", ...rest] = texts;
  const text = first.endsWith("/") || first.endsWith("\\") ? first + rest.join("/") : texts.join("/");
  return text.slice(0, MAX_TEXT);
}
