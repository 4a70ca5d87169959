import { MAX_NAME_LENGTH, MAX_NESTING_DEPTH, MAX_TENSORS } from "../../base/limits.ts";
import type { Reading } from "../_shared/hdf5/checkpoint.ts";
import type { FoundArray, Hdf5Content } from "../_shared/hdf5/walk.ts";
import { cellIndex } from "../_shared/matlabNames.ts";
import type { MetadataValue, SkippedTensor } from "../types.ts";

/** Where MATLAB keeps what cells hold, and its bookkeeping of classes. */
const HIDDEN = /^#(refs|subsystem)#(\/|$)/;
const MAX_TEXT = 2000;
const MAX_TEXTS = 5000;

/** Variables under their MATLAB names: `net/weights{2}` for the second cell of a field. Texts become metadata. */
export async function readMatlab(content: Hdf5Content): Promise<Reading> {
  const { attributes, references } = content;
  const arrays: FoundArray[] = [];
  const skipped: SkippedTensor[] = [];
  const texts: (readonly [string, MetadataValue])[] = [];
  // References may form a maze: every step counts, so that it ends.
  let work = 0;
  const classOf = (path: string) => attributes.get(path)?.get("MATLAB_class");

  const take = async (array: FoundArray, path: string) => {
    const name = path.slice(0, MAX_NAME_LENGTH);
    const found = attributes.get(array.name);
    if (found?.get("MATLAB_empty") === 1) skipped.push({ name, reason: "it is empty" });
    else if (found?.get("MATLAB_class") === "char") {
      if (texts.length < MAX_TEXTS) texts.push([name, await textOf(array)]);
    } else {
      const logical = found?.get("MATLAB_class") === "logical" && array.array.dtype === "u8";
      arrays.push({ ...array, name, array: logical ? { ...array.array, dtype: "bool" } : array.array });
    }
  };

  const byAddress = new Map(content.arrays.filter((one) => one.sameAs === undefined).map((one) => [one.address, one]));
  const skippedAt = new Map(content.skipped.map((one) => [one.name, one.reason]));
  const cells = async (path: string, name: string, depth: number): Promise<void> => {
    const cell = references.get(path);
    if (cell === undefined) return;
    for (const [i, address] of cell.addresses.entries()) {
      if (address === 0) continue;
      if (work > MAX_TENSORS) return;
      await target(address, `${name}{${cellIndex([...cell.shape].reverse(), i)}}`.slice(0, MAX_NAME_LENGTH), depth + 1);
    }
  };
  /** What a reference leads to: an array, a cell of its own, or a struct with all that is below it. */
  const target = async (address: number, name: string, depth: number): Promise<void> => {
    work += 1;
    const path = content.paths.get(address);
    if (path === undefined || depth > MAX_NESTING_DEPTH) {
      skipped.push({ name, reason: "its reference leads to nothing that was read" });
      return;
    }
    const array = byAddress.get(address);
    if (array !== undefined) return take(array, name);
    const reason = skippedAt.get(path);
    if (reason !== undefined) skipped.push({ name, reason });
    if (references.has(path)) return cells(path, name, depth);
    await below(path, name, depth);
  };
  const below = async (path: string, name: string, depth: number): Promise<void> => {
    const inside = `${path}/`;
    work += 1 + Math.floor((content.arrays.length + references.size) / 64);
    for (const array of content.arrays)
      if (array.name.startsWith(inside)) await take(array, name + array.name.slice(path.length));
    for (const other of references.keys())
      if (other.startsWith(inside)) await cells(other, name + other.slice(path.length), depth);
  };

  for (const array of content.arrays) if (!HIDDEN.test(array.name)) await take(array, array.name);
  for (const path of references.keys()) if (!HIDDEN.test(path)) await cells(path, path, 0);
  for (const one of content.skipped) if (!HIDDEN.test(one.name)) skipped.push(one);
  for (const path of attributes.keys())
    if (!HIDDEN.test(path) && attributes.get(path)?.has("MATLAB_sparse") === true)
      skipped.push({ name: path, reason: "a sparse matrix: listed are its values and places, not the matrix" });

  const classes = [...attributes.keys()].filter((path) => path !== "" && !HIDDEN.test(path) && !path.includes("/"));
  return {
    framework: "unknown",
    arrays,
    skipped,
    metadata: Object.fromEntries([
      ["variables", classes.map((path) => `${path}: ${String(classOf(path) ?? "?")}`)],
      ...texts,
    ]),
    findings:
      work > MAX_TENSORS
        ? [{ kind: "warning", message: "The cells of the file refer to one another without end: not all are listed." }]
        : [],
  };
}

async function textOf({ array }: FoundArray): Promise<string> {
  const codes = await array.read(0, Math.min(array.elements, MAX_TEXT));
  const text = String.fromCharCode(...codes);
  return array.elements > MAX_TEXT ? `${text}…` : text;
}
