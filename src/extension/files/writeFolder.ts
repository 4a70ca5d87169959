import * as vscode from "vscode";
import { checkedFiles, type MadeFile } from "./madeFiles.ts";

/** Asks for a folder, and before anything that is there is written over. Null where either question was dismissed. */
export async function writeFolder(beside: vscode.Uri, made: unknown): Promise<vscode.Uri | null> {
  const files = checkedFiles(made);
  const folder = await chooseFolder(beside);
  if (folder === null || !(await mayWrite(folder, files))) return null;
  for (const { name, bytes } of files) await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
  return folder;
}

async function chooseFolder(beside: vscode.Uri): Promise<vscode.Uri | null> {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  const near = vscode.workspace.fs.isWritableFileSystem(beside.scheme) === true;
  const start = near ? vscode.Uri.joinPath(beside, "..") : workspace?.uri;
  const picked = await vscode.window.showOpenDialog({
    title: "Folder for the Series",
    openLabel: "Write Here",
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    ...(start === undefined ? {} : { defaultUri: start }),
  });
  return picked?.[0] ?? null;
}

async function mayWrite(folder: vscode.Uri, files: readonly MadeFile[]): Promise<boolean> {
  const there = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name.toLowerCase()));
  const over = files.filter(({ name }) => there.has(name.toLowerCase()));
  if (over.length === 0) return true;
  const go = "Replace";
  const answer = await vscode.window.showWarningMessage(
    `Replace ${over.length} ${over.length === 1 ? "file" : "files"} in ${vscode.workspace.asRelativePath(folder)}?`,
    {
      modal: true,
      detail: `${over[0]?.name}${over.length > 1 ? ` and ${over.length - 1} more are` : " is"} already there.`,
    },
    go,
  );
  return answer === go;
}
