import { open } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { LimitError, ModeScopeError } from "../../base/errors.ts";
import { LABEL_FILES, type LabelList, MAX_LABEL_BYTES, readLabelFile } from "../../base/labels.ts";
import type { OpenedFile } from "../open.ts";

/** The lists of the named label file, or of one beside the checkpoint or in the folder above it; none is no error. */
export async function findLabelLists(file: string, named: string | null): Promise<readonly LabelList[]> {
  if (named !== null) return readLabelFile(await textOf(named), named);
  const folder = dirname(resolve(file));
  for (const place of [folder, dirname(folder)]) {
    for (const name of LABEL_FILES) {
      const path = join(place, name);
      const text = await textOf(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      if (text !== null) return readLabelFile(text, path);
    }
  }
  return [];
}

/** Longer lists are vocabularies. */
const MOST_WORDS = 4096;

/** Names that the checkpoint itself offers for a tensor's axes: the classes of a classifier, a small vocabulary. One that cannot be read is left out. */
export async function modelLists(
  engine: OpenedFile["engine"],
  checkpoint: string,
  tensor: string,
  signal: AbortSignal,
): Promise<readonly LabelList[]> {
  const { sources } = await engine.handlers["checkpoint/label-sources"]({ checkpoint }, signal);
  const lists: LabelList[] = [];
  for (const { id, title, tensors } of sources) {
    if (tensors !== undefined && !tensors.includes(tensor)) continue;
    const range = { checkpoint, source: id, from: 0, count: MOST_WORDS };
    const words = await Promise.resolve(engine.handlers["checkpoint/label-words"](range, signal)).catch(() => null);
    signal.throwIfAborted();
    if (words !== null && words.total === words.words.length) lists.push({ name: title, labels: words.words });
  }
  return lists;
}

async function textOf(path: string): Promise<string> {
  const handle = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") throw error;
    throw new ModeScopeError("source-missing", `${path} cannot be read: ${error.message}`);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_LABEL_BYTES)
      throw new LimitError(`${path} has ${size} bytes; a label file has at most ${MAX_LABEL_BYTES}.`, {});
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}
