import type { ByteSource } from "../../base/byteSource.ts";
import { openBundle } from "../_shared/tensorBundle/open.ts";
import type { Checkpoint, Format } from "../types.ts";

const FORMAT = "tensorflow-bundle";
const SUFFIX = ".index";

export const tensorflowBundleFormat: Format = {
  manifest: { id: FORMAT, title: "TensorFlow checkpoint", extensions: [SUFFIX] },
  sniff: ({ head }) => beginsWithHeader(head),
  open(source: ByteSource, context): Promise<Checkpoint> {
    const name = lastSegment(source.uri);
    const prefix = name.toLowerCase().endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
    return openBundle(source, { format: FORMAT, prefix }, context);
  },
};

/**
 * The mark of a table stands at its end, out of a sniffer's reach. But the first entry is always the same: an empty key, and a
 * BundleHeaderProto of three small fields (number of shards, byte order if big, versions). Compressed, it begins with its length and a literal.
 */
function beginsWithHeader(head: Uint8Array): boolean {
  if (head[0] === 0 && head[1] === 0) return isHeader(head, 2);
  // Snappy: length of the block (one to five bytes), then a literal tag, then the same bytes.
  for (let at = 1; at < 8; at++) if (head[at] === 0 && head[at + 1] === 0 && isHeader(head, at + 2)) return true;
  return false;
}

function isHeader(head: Uint8Array, at: number): boolean {
  const length = head[at] ?? 0;
  const body = head.subarray(at + 1, at + 1 + length);
  if (length < 4 || length > 32 || body.length < length || body[0] !== 0x08) return false;
  let next = 1;
  while ((body[next] ?? 0) >= 128) next++;
  next++;
  if (body[next] === 0x10) next += 2;
  // VersionDef, to the end of the header.
  return body[next] === 0x1a && next + 2 + (body[next + 1] ?? 0) === length;
}

function lastSegment(uri: string): string {
  const path = uri.split(/[?#]/, 1)[0] ?? uri;
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
