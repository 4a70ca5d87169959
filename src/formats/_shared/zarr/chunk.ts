import { FormatError, UnsupportedError } from "../../../base/errors.ts";
import { unblosc } from "../blosc.ts";
import { inflateAtMost } from "../inflate.ts";
import { unlz4 } from "../lz4.ts";
import { unzstdAtMost } from "../zstd.ts";
import type { Codec } from "./meta.ts";

/** The bytes of a chunk, unpacked: exactly `wanted` of them. */
export function unpackChunk(
  packed: Uint8Array<ArrayBuffer>,
  codec: Codec,
  wanted: number,
  where: { readonly format: string; readonly field: string },
): Uint8Array<ArrayBuffer> {
  const plain = unpack(packed, codec, wanted);
  if (typeof plain === "string") {
    if (plain.endsWith("not read")) throw new UnsupportedError(`The chunk cannot be read: ${plain}.`, where);
    throw damaged(`The chunk cannot be read: ${plain}.`, where);
  }
  if (plain === null) throw damaged("The compressed data of a chunk are damaged.", where);
  if (plain.length !== wanted) throw damaged(`A chunk has ${plain.length} bytes where ${wanted} belong.`, where);
  return plain;
}

function damaged(message: string, where: { readonly format: string; readonly field: string }): FormatError {
  return new FormatError(message, {
    ...where,
    remedy: "The file is damaged or incomplete: copy it, or save it, again.",
  });
}

function unpack(
  packed: Uint8Array<ArrayBuffer>,
  codec: Codec,
  wanted: number,
): Uint8Array<ArrayBuffer> | string | null {
  switch (codec) {
    case "plain":
      return packed;
    case "zlib":
    case "gzip":
      return inflateAtMost(packed, codec, wanted);
    case "zstd":
      return unzstdAtMost(packed, wanted);
    case "blosc":
      return unblosc(packed, wanted);
    case "lz4":
      // numcodecs puts the plain length before the block.
      return packed.length < 4 ? null : unlz4(packed.subarray(4), wanted);
  }
}
