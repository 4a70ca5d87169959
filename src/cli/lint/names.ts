import { FORMATS } from "../../formats/registry.ts";

const OWN = FORMATS.filter(({ manifest }) => manifest.offered !== true).flatMap(({ manifest }) => manifest.extensions);

/** A file that is a checkpoint by its name. */
export function looksLikeName(name: string): boolean {
  return OWN.some(
    (extension) => name.toLowerCase().endsWith(extension) && extension.startsWith(".") && extension !== ".json",
  );
}
