import * as vscode from "vscode";
import { type FolderListing, leavesFolder } from "../../base/byteSource.ts";
import { ModeScopeError, ShortReadError, StaleSourceError } from "../../base/errors.ts";
import { MAX_FOLDER_ENTRIES } from "../../base/limits.ts";
import type { SourceMethods } from "../../protocol/contract.ts";
import type { Handlers } from "../../protocol/peer.ts";
import { wholeFileLimitBytes } from "../settings.ts";

/** Whole files kept while they are read: one checkpoint and a shard or two. */
const KEPT_FILES = 3;

/**
 * Reads files that only the editor can reach (web, virtual workspaces). Its file-system API has no ranges, so a file is read whole,
 * after asking when it is large.
 */
export function workspaceFiles(): Handlers<SourceMethods> {
  const kept = new Map<string, Promise<Uint8Array>>();

  async function version(uri: vscode.Uri): Promise<{ size: number; version: string }> {
    try {
      const stat = await vscode.workspace.fs.stat(uri);
      return { size: stat.size, version: `${stat.size}-${stat.mtime}` };
    } catch (cause) {
      throw new ModeScopeError(
        "source-missing",
        "The file is not there or may not be read.",
        { uri: uri.toString() },
        { cause },
      );
    }
  }

  async function whole(uri: vscode.Uri, wanted: string): Promise<Uint8Array> {
    const now = await version(uri);
    if (now.version !== wanted) throw new StaleSourceError(uri.toString());
    const key = `${wanted} ${uri.toString()}`;
    const known = kept.get(key) ?? load(uri, now.size);
    kept.delete(key);
    kept.set(key, known);
    known.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_FILES) break;
      kept.delete(oldest);
    }
    return known;
  }

  return {
    "source/open": ({ uri }) => version(vscode.Uri.parse(uri, true)),
    "source/read": async ({ uri, version: wanted, offset, length }) => {
      const bytes = await whole(vscode.Uri.parse(uri, true), wanted);
      if (offset < 0 || length < 0 || offset + length > bytes.byteLength)
        throw new ShortReadError(offset, length, Math.max(0, bytes.byteLength - offset), uri);
      return new Uint8Array(bytes.slice(offset, offset + length));
    },
    "source/sibling": async ({ uri, name }) => ({ uri: (await beside(uri, name)).toString() }),
    "source/list": async ({ uri, folder }) =>
      listFolder(folder === "" ? vscode.Uri.joinPath(vscode.Uri.parse(uri, true), "..") : await beside(uri, folder)),
  };
}

async function load(uri: vscode.Uri, size: number): Promise<Uint8Array> {
  const megabytes = Math.ceil(size / 2 ** 20);
  if (size > wholeFileLimitBytes()) {
    const read = "Read It";
    const answer = await vscode.window.showWarningMessage(
      `This file system gives whole files only. Read all ${megabytes} MB of ${uri.path.split("/").at(-1)}?`,
      { modal: true },
      read,
    );
    if (answer !== read) {
      throw new ModeScopeError(
        "source-too-large",
        `The file has ${megabytes} MB, and this file system gives whole files only.`,
        {
          uri: uri.toString(),
          remedy: "Open the folder in a local or remote window, or raise modescope.files.wholeFileMegabytes.",
        },
      );
    }
  }
  return vscode.workspace.fs.readFile(uri);
}

/**
 * A name below the checkpoint's folder. Where links lead cannot be asked here, so none of the folders on the way, and not the file,
 * may be one.
 */
async function beside(uri: string, name: string): Promise<vscode.Uri> {
  const refuse = (why: string) =>
    new ModeScopeError("bad-format", `The checkpoint names the file ${JSON.stringify(name)} beside it, which ${why}.`, {
      uri,
      field: "sibling",
    });
  if (leavesFolder(name)) throw refuse("would leave its folder");
  let at = vscode.Uri.joinPath(vscode.Uri.parse(uri, true), "..");
  for (const segment of name.split("/")) {
    at = vscode.Uri.joinPath(at, segment);
    const facts = await vscode.workspace.fs.stat(at).then(
      (stat) => stat,
      () => null,
    );
    if (facts === null) throw refuse("is not there");
    if ((facts.type & vscode.FileType.SymbolicLink) !== 0) throw refuse("is a link, or lies behind one");
  }
  return at;
}

export async function listFolder(folder: vscode.Uri): Promise<FolderListing> {
  const found = await vscode.workspace.fs.readDirectory(folder);
  const entries = found
    .filter(([, type]) => (type & (vscode.FileType.File | vscode.FileType.Directory)) !== 0)
    .map(([name, type]) => ({ name, kind: (type & vscode.FileType.File) !== 0 ? "file" : "folder" }) as const)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { entries: entries.slice(0, MAX_FOLDER_ENTRIES), complete: entries.length <= MAX_FOLDER_ENTRIES };
}
