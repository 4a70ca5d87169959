import { readdirSync, readFileSync } from "node:fs";
import { memorySource } from "../../base/byteSource.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { openCheckpoint } from "../sniff.ts";
import type { OpenContext } from "../types.ts";
import { fixtureUrl } from "./fixtures.testkit.ts";

/** Files by path, changed before they are opened: what a test leaves out, replaces or damages. */
export type FolderChange = Readonly<Record<string, Uint8Array<ArrayBuffer> | null>>;

/** A fixture folder as an opened checkpoint finds it: siblings, listing, and which of them were asked for. */
export function fixtureFolder(folder: string, change: FolderChange = {}) {
  const asked: string[] = [];
  const bytesOf = (path: string): Uint8Array<ArrayBuffer> => {
    if (Object.hasOwn(change, path)) {
      const changed = change[path];
      if (changed !== null && changed !== undefined) return changed;
      throw new ModeScopeError("source-missing", `${path} is not there.`);
    }
    try {
      return new Uint8Array(readFileSync(fixtureUrl(`${folder}/${path}`)));
    } catch {
      throw new ModeScopeError("source-missing", `${path} is not there.`);
    }
  };
  const context: OpenContext = {
    sibling: async (name) => {
      asked.push(name);
      return memorySource(bytesOf(name), `file:///folder/${name}`);
    },
    list: async (below = "") => ({
      entries: readdirSync(fixtureUrl(`${folder}/${below}`), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: entry.isDirectory() ? "folder" : "file",
      })),
      complete: true,
    }),
  };
  return {
    asked,
    context,
    bytesOf,
    open: async (entry: string) => {
      const name = entry.slice(entry.lastIndexOf("/") + 1);
      return openCheckpoint(memorySource(bytesOf(entry), `file:///folder/${entry}`), name, context);
    },
  };
}
