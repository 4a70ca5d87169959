import * as vscode from "vscode";

/** Writers touch a checkpoint many times; one word after they have rested this long is enough. */
const QUIET_MILLISECONDS = 400;

export function watchFile(uri: vscode.Uri, changed: (change: "modified" | "deleted") => void): vscode.Disposable {
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), name.replace(/[[\]{}*?]/g, "?"));
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (change: "modified" | "deleted") => (which: vscode.Uri) => {
    if (which.path !== uri.path) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed(change), QUIET_MILLISECONDS);
  };
  watcher.onDidChange(later("modified"));
  watcher.onDidCreate(later("modified"));
  watcher.onDidDelete(later("deleted"));
  return {
    dispose() {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
