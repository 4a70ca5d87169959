import * as vscode from "vscode";
import { ModeScopeError, ShortReadError, StaleSourceError } from "../../base/errors.ts";
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
    "source/sibling": async ({ uri, name }) => {
      if (name === "" || name.includes("\0") || /^[/\\]|^[a-z]:/i.test(name) || name.split(/[/\\]/).includes("..")) {
        throw new ModeScopeError(
          "bad-format",
          `The checkpoint names the file ${JSON.stringify(name)}, which would leave its folder.`,
          { uri },
        );
      }
      return { uri: vscode.Uri.joinPath(vscode.Uri.parse(uri, true), "..", name).toString() };
    },
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
