import * as vscode from "vscode";
import { ENTRY_NAMES, type FolderModel, modelInFolder } from "../../formats/folders.ts";
import { FORMATS } from "../../formats/registry.ts";
import { listFolder } from "./workspaceFiles.ts";

const EXTENSIONS = [
  ...new Set(
    FORMATS.filter(({ manifest }) => manifest.offered !== true).flatMap(({ manifest }) => manifest.extensions),
  ),
];

/** Files that look like checkpoints by name, and files that may open a folder. What they are is decided by their content when they are opened. */
export const CHECKPOINT_GLOB = `**/{${[...EXTENSIONS.map((extension) => `*${extension}`), ...ENTRY_NAMES].join(",")}}`;

/** Folders of installed packages and repositories: nothing in them is of this workspace's making. */
export const NO_CODE_GLOB = "**/{node_modules,site-packages,.git,.venv,venv}/**";

export function looksLikeCheckpoint(path: string): boolean {
  return EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
}

/** Whether the folder is one model; a folder that cannot be listed is none. */
export function modelIn(folder: vscode.Uri): Promise<FolderModel | null> {
  return modelInFolder((below) => listFolder(vscode.Uri.joinPath(folder, below))).catch(() => null);
}
