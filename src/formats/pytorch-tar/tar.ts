import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError } from "../../base/errors.ts";

const BLOCK = 512;
/** Four members, and an extended header before each. */
const MAX_MEMBERS = 64;

export interface TarMember {
  readonly offset: number;
  readonly size: number;
}

/** Name of the first member, or null where the bytes are no tar (POSIX 1003.1, ustar). */
export function firstTarName(head: Uint8Array): string | null {
  return head.length >= BLOCK && text(head, 257, 5) === "ustar" ? text(head, 0, 100) : null;
}

/** Members by name. Reads one block of 512 bytes for each. */
export async function readTar(
  source: ByteSource,
  format: string,
  signal?: AbortSignal,
): Promise<Map<string, TarMember>> {
  const members = new Map<string, TarMember>();
  let at = 0;
  for (let count = 0; at + BLOCK <= source.size && count < MAX_MEMBERS; count++) {
    const head = await source.read(at, BLOCK, signal);
    if (head.every((byte) => byte === 0)) break;
    const digits = text(head, 124, 12).trim();
    const size = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : -1;
    if (text(head, 257, 5) !== "ustar" || size < 0 || at + BLOCK + size > source.size) {
      throw new FormatError(
        size < 0 ? "A member of the tar archive has no size." : "A member of the tar archive lies outside the file.",
        { format, field: "tar header", offset: at, remedy: "Copy the file again: it may be truncated." },
      );
    }
    const kind = head[156];
    if (kind === 0 || kind === 0x30) members.set(text(head, 0, 100).replace(/^\.\//, ""), { offset: at + BLOCK, size });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder("latin1").decode(end < 0 ? field : field.subarray(0, end));
}
