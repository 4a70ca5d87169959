import { FormatError, serializeError } from "../../../base/errors.ts";
import type { OpenContext } from "../../types.ts";

/** A whole file below the entry's folder, closed again at once; null if it is not there. Nothing outside the folder opens. */
export async function readFolderKey(
  { sibling }: Pick<OpenContext, "sibling">,
  key: string,
  most: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const source = await sibling(key).catch((error: unknown) => {
    const { code } = serializeError(error);
    // A file that is not there is refused by its path, or not found.
    if (code === "bad-format" || code === "source-missing") return null;
    throw error;
  });
  if (source === null) return null;
  try {
    if (source.size > most)
      throw new FormatError(`The file ${key} has ${source.size} bytes; at most ${most} belong.`, {
        format: "zarr",
        field: key,
        remedy: "The checkpoint is damaged: copy it, or save it, again.",
      });
    return await source.read(0, source.size, signal);
  } finally {
    await source.close();
  }
}
