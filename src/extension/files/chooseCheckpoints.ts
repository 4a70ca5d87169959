import * as vscode from "vscode";
import { folderLabel } from "./folderLabel.ts";

interface Choice extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

const SEVERAL: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("checklist"),
  tooltip: "Choose several",
};

/** Lets a person choose among checkpoints, run by run: one by Enter, or several by ticks after the button in the title. */
export async function chooseCheckpoints(
  files: readonly vscode.Uri[],
  title = "Analyze Checkpoint",
): Promise<vscode.Uri[]> {
  if (files.length === 0) {
    void vscode.window.showInformationMessage(
      "There is no checkpoint in this workspace yet. ModeScope opens safetensors, PyTorch and NumPy files.",
    );
    return [];
  }
  const pick = vscode.window.createQuickPick<Choice>();
  pick.title = title;
  pick.placeholder = "Which checkpoint?";
  pick.buttons = [SEVERAL];
  pick.matchOnDescription = true;
  pick.items = byFolder(files);
  try {
    return await new Promise<vscode.Uri[]>((resolve) => {
      pick.onDidAccept(() => {
        resolve(pick.selectedItems.flatMap(({ uri }) => uri ?? []));
      });
      pick.onDidTriggerButton(() => {
        pick.canSelectMany = !pick.canSelectMany;
        pick.placeholder = pick.canSelectMany ? "Tick the checkpoints to open" : "Which checkpoint?";
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
    folder: folderLabel(vscode.Uri.joinPath(uri, "..")),
  }));
  const natural = new Intl.Collator(undefined, { numeric: true });
  entries.sort((a, b) => natural.compare(a.folder, b.folder) || natural.compare(a.label, b.label));
  return entries.flatMap(({ uri, label, folder }, index): Choice[] => [
    ...(folder === entries[index - 1]?.folder ? [] : [{ label: folder, kind: vscode.QuickPickItemKind.Separator }]),
    { label, description: folder, uri },
  ]);
}
