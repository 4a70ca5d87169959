import * as vscode from "vscode";
import { listFolder } from "./workspaceFiles.ts";

/** Files beside and one folder up that are offered before the dialog. */
const MOST_OFFERED = 200;

const MOST_FOLDERS = 20;

interface Pick extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

export interface FileQuestion {
  readonly title: string;
  /** With their dot, lower case; empty: any file. */
  readonly extensions: readonly string[];
  readonly many: boolean;
}

/** Lets a person choose files: those near `near` by quick pick (its folder, those in it, the one above), any other by dialog. Undefined where the question was dismissed. */
export async function chooseFiles(
  near: vscode.Uri,
  { title, extensions, many }: FileQuestion,
): Promise<vscode.Uri[] | undefined> {
  const other: Pick = { label: "$(folder-opened) Another File…" };
  const offered: Pick[] = [...(await filesNear(near, extensions)).slice(0, MOST_OFFERED), other];
  const picked = many
    ? await vscode.window.showQuickPick(offered, { title, canPickMany: true, matchOnDescription: true })
    : await vscode.window.showQuickPick(offered, { title, matchOnDescription: true });
  if (picked === undefined) return undefined;
  const chosen = Array.isArray(picked) ? (picked as readonly Pick[]) : [picked as Pick];
  const uris = chosen.flatMap(({ uri }) => uri ?? []);
  if (!chosen.includes(other)) return uris;
  const dialog = await vscode.window.showOpenDialog({
    title,
    canSelectMany: many,
    defaultUri: vscode.Uri.joinPath(near, ".."),
    ...(extensions.length === 0 ? {} : { filters: { [title]: extensions.map((ending) => ending.slice(1)) } }),
  });
  return dialog === undefined && uris.length === 0 ? undefined : [...uris, ...(dialog ?? [])];
}

async function filesNear(near: vscode.Uri, extensions: readonly string[]): Promise<Pick[]> {
  const picks: Pick[] = [];
  const list = async (folder: vscode.Uri) => (await listFolder(folder).catch(() => ({ entries: [] }))).entries;
  const own = vscode.Uri.joinPath(near, "..");
  // A table lies beside the folder of the checkpoints that learned it.
  const below = (await list(own)).filter(({ name, kind }) => kind === "folder" && !name.startsWith("."));
  const folders = [near, own, ...below.slice(0, MOST_FOLDERS).map(({ name }) => vscode.Uri.joinPath(own, name))];
  for (const folder of [...folders, vscode.Uri.joinPath(own, "..")]) {
    for (const { name, kind } of await list(folder)) {
      if (kind !== "file" || name.startsWith(".")) continue;
      if (extensions.length > 0 && !extensions.some((ending) => name.toLowerCase().endsWith(ending))) continue;
      picks.push({
        label: name,
        description: vscode.workspace.asRelativePath(folder),
        uri: vscode.Uri.joinPath(folder, name),
      });
    }
  }
  return picks;
}
