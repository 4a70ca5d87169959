import * as vscode from "vscode";
import { isRecord } from "../../protocol/guards.ts";
import type { StudyPlace } from "../panels/studyPlace.ts";
import { checkedFiles, type MadeFile } from "./madeFiles.ts";

/** Asks for a folder, and before anything that is there is written over. Afterwards offers to look at the folder. */
export async function writeFolder(
  beside: vscode.Uri,
  made: unknown,
  offer: unknown,
  open: (place: StudyPlace) => void,
): Promise<{ folder: string | null }> {
  const files = checkedFiles(made);
  const folder = await chooseFolder(beside);
  if (folder === null || !(await mayWrite(folder, files))) return { folder: null };
  for (const { name, bytes } of files) await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
  const where = vscode.workspace.asRelativePath(folder);
  void offerPanel(folder, `${files.length} files were written to ${where}.`, offer, open);
  return { folder: where };
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

async function offerPanel(
  folder: vscode.Uri,
  message: string,
  offer: unknown,
  open: (place: StudyPlace) => void,
): Promise<void> {
  const known = isRecord(offer) && typeof offer.panel === "string" && typeof offer.label === "string" ? offer : null;
  if (known === null) {
    void vscode.window.showInformationMessage(message);
    return;
  }
  const label = String(known.label).slice(0, 60);
  const answer = await vscode.window.showInformationMessage(message, label);
  if (answer === label) open({ panel: String(known.panel), files: [folder] });
}
