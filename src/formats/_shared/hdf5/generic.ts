import type { MetadataValue } from "../../types.ts";
import type { Reading } from "./checkpoint.ts";
import type { Hdf5Content } from "./walk.ts";

/** Any other HDF5 file, such as recordings: every array of numbers under its path, every attribute as `path@name`. */
export function readAny({ arrays, skipped, attributes }: Hdf5Content): Reading {
  const metadata = new Map<string, MetadataValue>();
  for (const [path, found] of attributes)
    for (const [name, value] of found) metadata.set(path === "" ? name : `${path}@${name}`, value);
  return { framework: "unknown", arrays, skipped, metadata: Object.fromEntries(metadata), findings: [] };
}
