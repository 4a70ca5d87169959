import type { FolderItem, FolderListing } from "../base/byteSource.ts";
import { FORMATS } from "./registry.ts";
import type { FolderEntry, FormatManifest } from "./types.ts";

/** A folder that is one model: the file that opens it. */
export interface FolderModel {
  /** Relative to the folder; "default/_METADATA" lies one below. */
  readonly entry: string;
  readonly title: string;
  readonly wholeTree: boolean;
}

/** Lists a folder below the one in question ("": itself). */
type List = (folder: string) => Promise<FolderListing>;

const DECLARED: readonly { readonly manifest: FormatManifest; readonly entry: FolderEntry }[] = FORMATS.flatMap(
  ({ manifest }) => (manifest.folder ?? []).map((entry) => ({ manifest, entry })),
);

/**
 * Whether a folder is one model, by the names in it and what the formats say of theirs: the first format, and of it the first entry,
 * that finds exactly one file under its name and everything beside it. A folder of many independent checkpoints is none.
 */
export async function modelInFolder(list: List): Promise<FolderModel | null> {
  const known = new Map<string, Promise<readonly FolderItem[]>>();
  const itemsOf = (folder: string) => {
    const items = known.get(folder) ?? list(folder).then(({ entries }) => entries);
    known.set(folder, items);
    return items;
  };
  const top = await itemsOf("");
  for (const { manifest, entry } of DECLARED) {
    const cut = entry.name.lastIndexOf("/");
    const folder = entry.name.slice(0, Math.max(0, cut));
    if (folder !== "" && !top.some(({ name, kind }) => kind === "folder" && name === folder)) continue;
    if (!(entry.beside ?? []).every((pattern) => top.some((item) => isThere(item, pattern)))) continue;
    const matches = matcherOf(entry.name.slice(cut + 1));
    const found = (await itemsOf(folder)).filter(({ name, kind }) => kind === "file" && matches(name));
    const [one] = found;
    if (one === undefined || found.length > 1) continue;
    return {
      entry: folder === "" ? one.name : `${folder}/${one.name}`,
      title: manifest.title,
      wholeTree: entry.wholeTree ?? false,
    };
  }
  return null;
}

/** File names (without folder) that may open a folder: for globs, and to know which folders are worth listing. */
export const ENTRY_NAMES: readonly string[] = [
  ...new Set(DECLARED.map(({ entry }) => entry.name.slice(entry.name.lastIndexOf("/") + 1))),
];

const ENTRY_MATCHERS = ENTRY_NAMES.map(matcherOf);

export function mayOpenFolder(name: string): boolean {
  return ENTRY_MATCHERS.some((matches) => matches(name));
}

/** Whether this file opens its folder as a model of this format: then the folder's name says more than the file's. */
export function opensFolder(manifest: FormatManifest, name: string): boolean {
  return (manifest.folder ?? []).some(({ name: pattern }) =>
    matcherOf(pattern.slice(pattern.lastIndexOf("/") + 1))(name),
  );
}

function isThere(item: FolderItem, pattern: string): boolean {
  return pattern.endsWith("/")
    ? item.kind === "folder" && matcherOf(pattern.slice(0, -1))(item.name)
    : item.kind === "file" && matcherOf(pattern)(item.name);
}

function matcherOf(pattern: string): (name: string) => boolean {
  if (!pattern.includes("*")) return (name) => name === pattern;
  const source = pattern
    .split("*")
    .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const expression = new RegExp(`^${source}$`, "s");
  return (name) => expression.test(name);
}
