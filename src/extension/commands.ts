import * as vscode from "vscode";
import { CHECKPOINT_EDITOR } from "./editors/checkpointEditor.ts";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, modelIn } from "./files/checkpointGlob.ts";
import { listFolder } from "./files/workspaceFiles.ts";

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
      const column = columnBesideCode();
      for (const file of files) {
        await vscode.commands.executeCommand("vscode.openWith", file, CHECKPOINT_EDITOR, {
          viewColumn: column,
          preview: files.length === 1,
        });
      }
    }),
  ];
}

/** Explorer click, selection of several, a folder, a tree node, the active editor – or a choice, if called from the palette. */
async function checkpointsOf(clicked: unknown, selected: unknown): Promise<vscode.Uri[]> {
  const several = Array.isArray(selected) ? selected.map(uriOf).filter((uri) => uri !== undefined) : [];
  const one = uriOf(clicked) ?? activeUri();
  const uris = several.length > 0 ? several : one === undefined ? [] : [one];
  if (uris.length === 0)
    return choose(await vscode.workspace.findFiles(CHECKPOINT_GLOB, "**/{node_modules,.git,.venv,venv}/**", 2_000));
  const files: vscode.Uri[] = [];
  for (const uri of uris) {
    const stat = await vscode.workspace.fs.stat(uri).then(
      (found) => found,
      () => undefined,
    );
    if (stat === undefined || (stat.type & vscode.FileType.Directory) === 0) {
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
    files.push(...(inside.length > 1 ? await choose(inside) : inside));
  }
  return files;
}

async function choose(files: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  if (files.length === 0) {
    void vscode.window.showInformationMessage(
      "There is no checkpoint in this workspace yet. ModeScope opens safetensors, PyTorch and NumPy files.",
    );
    return [];
  }
  const items = files
    .map((uri) => ({
      label: uri.path.slice(uri.path.lastIndexOf("/") + 1),
      description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, "..")),
      uri,
    }))
    .sort((a, b) =>
      `${a.description}/${a.label}`.localeCompare(`${b.description}/${b.label}`, undefined, { numeric: true }),
    );
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: "Analyze Checkpoint",
    placeHolder: "Which checkpoints?",
    matchOnDescription: true,
  });
  return (chosen ?? []).map((item) => item.uri);
}

function uriOf(value: unknown): vscode.Uri | undefined {
  if (value instanceof vscode.Uri) return value;
  const inside = (value as { uri?: unknown } | null | undefined)?.uri;
  return inside instanceof vscode.Uri ? inside : undefined;
}

function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri !== undefined && looksLikeCheckpoint(uri.path) ? uri : undefined;
}

/** Beside the code if a text editor is in front, else where the person is. */
function columnBesideCode(): vscode.ViewColumn {
  return vscode.window.activeTextEditor === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
}
