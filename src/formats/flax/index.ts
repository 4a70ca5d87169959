import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES } from "../../base/dtype.ts";
import { ModeScopeError, serializeError, UnsupportedError } from "../../base/errors.ts";
import { decodeElements } from "../_shared/decode.ts";
import { PagedBytes } from "../_shared/pagedBytes.ts";
import { requireRange } from "../_shared/requireRange.ts";
import type { Checkpoint, Finding, Format } from "../types.ts";
import { looksLikeFlax } from "./sniff.ts";
import { FlaxWalk, type Piece } from "./walk.ts";

/** Flax' own serialization (`flax.serialization.to_bytes`, `save_checkpoint` of old, Hugging Face's flax_model.msgpack). */
export const flaxFormat: Format = {
  manifest: { id: "flax", title: "Flax (MessagePack)", extensions: [".msgpack"] },
  sniff: ({ head }) => looksLikeFlax(head),
  async open(source, { signal }): Promise<Checkpoint> {
    const bytes = new PagedBytes(source);
    const walk = new FlaxWalk(bytes, signal);
    const findings: Finding[] = [];
    try {
      await walk.value("");
      if (walk.at < source.size)
        findings.push({
          kind: "warning",
          message: `${source.size - walk.at} bytes behind the state are not read.`,
          offset: walk.at,
        });
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message, details } = serializeError(error);
      // Without its structure the rest cannot be found; what was found before it can be shown.
      if (code !== "bad-format" || walk.arrays.size === 0) throw error;
      findings.push({
        kind: "warning",
        message: `${message} Arrays behind byte ${details.offset ?? walk.at} are not listed.`,
        ...(details.offset === undefined ? {} : { offset: details.offset }),
      });
    }
    const { arrays } = walk;
    let dataBytes = 0;
    return {
      format: "flax",
      framework: "flax",
      tensors: [...arrays.values()].map(({ name, shape, elements, dtype, pieces }) => ({
        name,
        shape,
        dtype,
        elements,
        storedBytes: elements * DTYPES[dtype].bytes,
        ...(pieces.length === 1 && pieces[0] !== undefined
          ? { byteRange: { file: source.uri, offset: pieces[0].at, length: pieces[0].length } }
          : {}),
      })),
      metadata: Object.fromEntries(walk.metadata),
      findings,
      skipped: walk.skipped,
      version: source.version,
      bytesRead: () => bytes.bytesRead + dataBytes,
      async read(name, start, count, readSignal) {
        const array = arrays.get(name);
        if (array === undefined)
          throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this file.`, { tensor: name });
        requireRange(name, array.elements, start, count);
        const { dtype } = array;
        if (DTYPES[dtype].kind === "complex")
          throw new UnsupportedError(`Complex values (${dtype}) are listed, but not analysed.`, { tensor: name });
        const item = DTYPES[dtype].bytes;
        dataBytes += count * item;
        return decodeElements(await readPieces(source, array.pieces, start * item, count * item, readSignal), dtype);
      },
      close: () => source.close(),
    };
  },
};

async function readPieces(
  source: ByteSource,
  pieces: readonly Piece[],
  start: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (pieces.length === 1 && pieces[0] !== undefined) return source.read(pieces[0].at + start, length, signal);
  const out = new Uint8Array(length);
  let before = 0;
  for (const piece of pieces) {
    const from = Math.max(start, before);
    const to = Math.min(start + length, before + piece.length);
    if (from < to) out.set(await source.read(piece.at + from - before, to - from, signal), from - start);
    before += piece.length;
  }
  return out;
}
