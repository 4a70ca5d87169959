import { readToken } from "./tokens.ts";

/** Flax's extension type for arrays. */
export const NDARRAY = 1;
export const CHUNKED = "__msgpack_chunked_array__";
const MAX_DEPTH = 64;

/**
 * Whether the first bytes are a Flax state: maps with texts as keys down to the first array (an extension of type 1 that holds a list of three),
 * with nothing impossible before it.
 */
export function looksLikeFlax(head: Uint8Array): boolean {
  let at = 0;
  const open: number[] = [];
  const first = readToken(head, 0);
  if (first?.kind !== "map" || first.count === 0) return false;
  open.push(first.count);
  at += first.bytes;
  while (open.length > 0 && open.length < MAX_DEPTH) {
    const left = open.at(-1) ?? 0;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    const key = readToken(head, at);
    if (key?.kind !== "text" || at + key.bytes + key.length > head.length) return false;
    const name = text(head.subarray(at + key.bytes, at + key.bytes + key.length));
    if (name === null) return false;
    at += key.bytes + key.length;
    const value = readToken(head, at);
    if (value === null) return false;
    at += value.bytes;
    if (name === CHUNKED && value.kind === "plain" && value.value === true) return true;
    if (value.kind === "extension") return value.type === NDARRAY || value.type === 3 ? head[at] === 0x93 : false;
    if (value.kind === "map") open.push(value.count);
    else if (value.kind === "list") return false;
    else if (value.kind === "text" || value.kind === "binary") at += value.length;
  }
  return false;
}

function text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
