import type { MetadataValue } from "../types.ts";

/** What crosses a thread and is drawn as a tree: no deeper and no more than this. */
const MAX_DEPTH = 64;
const MAX_NODES = 200_000;

/** JSON from a file as plain data, bounded: what is too deep or too much is replaced by "…". Undefined if it is no JSON. */
export function plainJson(text: string): MetadataValue | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  let nodes = 0;
  const bounded = (node: unknown, depth: number): MetadataValue => {
    nodes += 1;
    if (typeof node === "string" || typeof node === "number" || typeof node === "boolean") return node;
    if (typeof node !== "object" || node === null) return null;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) return "…";
    if (Array.isArray(node)) return node.map((item) => bounded(item, depth + 1));
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, bounded(item, depth + 1)]));
  };
  return bounded(value, 0);
}
