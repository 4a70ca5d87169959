import * as vscode from "vscode";
import { CHECKPOINT_EDITOR } from "./editors/checkpointEditor.ts";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, modelIn, NO_CODE_GLOB } from "./files/checkpointGlob.ts";
import { chooseCheckpoints } from "./files/chooseCheckpoints.ts";
import { activeUri, isFolder, uriOf, urisOf } from "./files/clicked.ts";
import { listFolder } from "./files/workspaceFiles.ts";
import { panelColumn } from "./panels/panelColumn.ts";

/** Opening more tabs than this at once is hardly meant. */
const MANY = 8;

export function registerCommands(): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand("modescope.analyzeCheckpoint", async (clicked?: unknown, selected?: unknown) => {
      const files = await checkpointsOf(clicked, selected);
      if (files.length > MANY) {
        const go = `Open ${files.length}`;
        if (
          (await vscode.window.showWarningMessage(
            `Open ${files.length} checkpoints, each in its tab?`,
            { modal: true },
            go,
          )) !== go
        )
          return;
      }
      const column = panelColumn();
      for (const file of files) {
        await vscode.commands.executeCommand("vscode.openWith", file, CHECKPOINT_EDITOR, {
          viewColumn: column,
          preview: files.length === 1,
        });
      }
    }),
    vscode.commands.registerCommand("modescope.revealCheckpoint", async (node: unknown) => {
      const uri = uriOf(node);
      if (uri !== undefined) await vscode.commands.executeCommand("revealInExplorer", uri);
    }),
    vscode.commands.registerCommand("modescope.copyCheckpointPath", (node: unknown, nodes: unknown) =>
      copy(urisOf(node, nodes).map((uri) => (uri.scheme === "file" ? uri.fsPath : uri.toString()))),
    ),
    vscode.commands.registerCommand("modescope.copyCheckpointRelativePath", (node: unknown, nodes: unknown) =>
      copy(urisOf(node, nodes).map((uri) => vscode.workspace.asRelativePath(uri))),
    ),
  ];
}

async function copy(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await vscode.env.clipboard.writeText(lines.join("\n"));
}

/** Explorer click, selection of several, a folder, a tree node, the active editor – or a choice, if called from the palette. */
async function checkpointsOf(clicked: unknown, selected: unknown): Promise<vscode.Uri[]> {
  const uris = urisOf(uriOf(clicked) ?? activeUri(), selected);
  if (uris.length === 0)
    return chooseCheckpoints(await vscode.workspace.findFiles(CHECKPOINT_GLOB, NO_CODE_GLOB, 2_000));
  const files: vscode.Uri[] = [];
  for (const uri of uris) {
    if (!(await isFolder(uri))) {
      files.push(uri);
      continue;
    }
    const model = await modelIn(uri);
    if (model !== null) {
      files.push(vscode.Uri.joinPath(uri, model.entry));
      continue;
    }
    const inside = (await listFolder(uri)).entries
      .filter(({ name, kind }) => kind === "file" && looksLikeCheckpoint(name))
      .map(({ name }) => vscode.Uri.joinPath(uri, name));
    if (inside.length === 0)
      void vscode.window.showInformationMessage(
        `There is no checkpoint directly in ${vscode.workspace.asRelativePath(uri)}.`,
      );
    files.push(...(inside.length > 1 ? await chooseCheckpoints(inside) : inside));
  }
  return files;
}
