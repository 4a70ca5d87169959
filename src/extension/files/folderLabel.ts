import * as vscode from "vscode";

/** A folder as a person calls it: relative to the workspace, and the workspace's own folder by its name. */
export function folderLabel(uri: vscode.Uri): string {
  const root = vscode.workspace.workspaceFolders?.find((folder) => folder.uri.toString() === uri.toString());
  return root?.name ?? vscode.workspace.asRelativePath(uri);
}
