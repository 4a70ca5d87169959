import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const text = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");

/** What is made or fetched, and what is broken on purpose. */
const NOT_OURS = new Set(["node_modules", "dist", "out", "known-bad", ".git", ".vscode-test", "coverage"]);

/** Files below a folder ("" is the root), by path from the root, in order. */
export function filesUnder(folder: string, ending: RegExp): string[] {
  return readdirSync(`${ROOT}${folder}`, { withFileTypes: true })
    .flatMap((entry) => {
      if (NOT_OURS.has(entry.name)) return [];
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesUnder(path, ending);
      return ending.test(entry.name) ? [path] : [];
    })
    .sort();
}

export const foldersOf = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
