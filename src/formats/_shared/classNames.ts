import type { LabelSource, MetadataValue } from "../types.ts";

/** Keys under which exporters keep the names of a classifier's outputs. */
const KEYS = /^(classes|class_names|labels|names|id2label)$/i;
/** ImageNet-21k has 21,841 classes. */
const MAX_NAMES = 100_000;

/** Names of classes in a model's metadata, as words for an axis; which tensor they belong to the file does not say. */
export function classNames(metadata: Iterable<readonly [string, MetadataValue | undefined]>): readonly LabelSource[] {
  const found: LabelSource[] = [];
  for (const [key, value] of metadata) {
    if (!KEYS.test(key)) continue;
    const names = typeof value === "string" ? fromText(value) : fromData(value);
    if (names === undefined || names.length === 0 || names.length > MAX_NAMES) continue;
    found.push({ id: key, title: `${names.length} names of classes (${key})`, load: async () => names });
  }
  return found;
}

/** A list of texts, or texts by their index. */
function fromData(value: unknown): readonly string[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? value : undefined;
  const entries = Object.entries(value);
  const names: string[] = [];
  for (const [index, name] of entries) {
    if (!/^\d{1,6}$/.test(index) || typeof name !== "string") return undefined;
    names[Number(index)] = name;
  }
  // Every index from 0 on, each once.
  return names.length === entries.length ? names : undefined;
}

/** JSON; the print of a Python dictionary (`{0: 'cat', 1: 'dog'}`) or list; or names between commas or line ends. */
function fromText(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) return fromData(parsed(trimmed)) ?? fromPython(trimmed);
  const separator = trimmed.includes("\n") ? "\n" : ",";
  const names = trimmed.split(separator).map((name) => name.trim());
  return names.length > 1 && names.every((name) => name !== "") ? names : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromPython(text: string): readonly string[] | undefined {
  const items = [
    ...text.slice(1, -1).matchAll(/\s*(?:(\d{1,6})\s*:\s*)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/gy),
  ];
  const covered = items.reduce((sum, [whole]) => sum + whole.length, 0);
  if (covered !== text.length - 2) return undefined;
  const name = ([, , single, double]: RegExpMatchArray) => (single ?? double ?? "").replace(/\\(.)/g, "$1");
  if (text.startsWith("[")) return items.map(name);
  return fromData(Object.fromEntries(items.map((item) => [item[1] ?? "?", name(item)])));
}
