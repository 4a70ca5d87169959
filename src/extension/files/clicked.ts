import * as vscode from "vscode";
import { looksLikeCheckpoint } from "./checkpointGlob.ts";

/** What was selected, if the click was in a selection of several; else what was clicked. */
export function urisOf(clicked: unknown, selected: unknown): vscode.Uri[] {
  const several = Array.isArray(selected) ? selected.map(uriOf).filter((uri) => uri !== undefined) : [];
  const one = uriOf(clicked);
  return several.length > 0 ? several : one === undefined ? [] : [one];
}

export function uriOf(value: unknown): vscode.Uri | undefined {
  if (value instanceof vscode.Uri) return value;
  const inside = (value as { uri?: unknown } | null | undefined)?.uri;
  return inside instanceof vscode.Uri ? inside : undefined;
}

/** The checkpoint in front, as text or in our editor. */
export function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri !== undefined && looksLikeCheckpoint(uri.path) ? uri : undefined;
}

export async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.Directory) !== 0,
    () => false,
  );
}
