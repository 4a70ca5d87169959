import * as vscode from "vscode";

interface Choice extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

/** Lets a person choose among checkpoints, run by run. Ticks choose several; Enter alone takes the line it is on. */
export async function chooseCheckpoints(files: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  if (files.length === 0) {
    void vscode.window.showInformationMessage(
      "There is no checkpoint in this workspace yet. ModeScope opens safetensors, PyTorch and NumPy files.",
    );
    return [];
  }
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = "Analyze Checkpoint";
  pick.placeholder = "Enter opens the highlighted one; tick several to open them together";
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.items = byFolder(files);
  try {
    return await new Promise<vscode.Uri[]>((resolve) => {
      pick.onDidAccept(() => {
        const taken = pick.selectedItems.length > 0 ? pick.selectedItems : pick.activeItems;
        resolve(taken.flatMap(({ uri }) => uri ?? []));
      });
      pick.onDidHide(() => resolve([]));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

function byFolder(files: readonly vscode.Uri[]): Choice[] {
  const entries = files.map((uri) => ({
    uri,
    label: uri.path.slice(uri.path.lastIndexOf("/") + 1),
    folder: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, "..")),
  }));
  const natural = new Intl.Collator(undefined, { numeric: true });
  entries.sort((a, b) => natural.compare(a.folder, b.folder) || natural.compare(a.label, b.label));
  return entries.flatMap(({ uri, label, folder }, index): Choice[] => [
    ...(folder === entries[index - 1]?.folder ? [] : [{ label: folder, kind: vscode.QuickPickItemKind.Separator }]),
    { label, description: folder, uri },
  ]);
}
