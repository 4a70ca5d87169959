import { ModeScopeError } from "../../base/errors.ts";
import { isRecord } from "../../protocol/guards.ts";

/** What a webview may hand over at once. */
const MOST_FILES = 1_000;
const MOST_BYTES = 128 * 2 ** 20;
/** One plain name: no separators, no drive, no hidden file, nothing that a file system takes for another folder. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface MadeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A webview is untrusted: names and sizes are looked at before a person is asked anything. */
export function checkedFiles(made: unknown): readonly MadeFile[] {
  const refuse = (why: string): never => {
    throw new ModeScopeError("bad-request", `These files cannot be written: ${why}.`, { field: "files" });
  };
  if (!Array.isArray(made) || made.length === 0 || made.length > MOST_FILES)
    return refuse(`a list of 1 to ${MOST_FILES} is needed`);
  const names = new Set<string>();
  let total = 0;
  return made.map((file: unknown): MadeFile => {
    if (!isRecord(file) || typeof file.name !== "string" || !PLAIN.test(file.name))
      return refuse("a name is not plain");
    const { name, bytes } = file;
    if (!(bytes instanceof Uint8Array)) return refuse(`${name} has no bytes`);
    total += bytes.byteLength;
    if (total > MOST_BYTES) return refuse(`they are more than ${MOST_BYTES / 2 ** 20} MiB together`);
    // Case does not tell files apart everywhere.
    if (names.has(name.toLowerCase())) return refuse(`${name} comes twice`);
    names.add(name.toLowerCase());
    return { name, bytes };
  });
}
