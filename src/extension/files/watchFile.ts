import * as vscode from "vscode";
import { mayOpenFolder } from "../../formats/folders.ts";
import { looksLikeCheckpoint } from "./checkpointGlob.ts";
import { FileVersion } from "./fileVersion.ts";

/** Writers touch a checkpoint many times; one word after they have rested this long is enough. */
const QUIET_MILLISECONDS = 400;

/** Watches a checkpoint, and where it is the entry of a folder whose other files hold the tensors, those as well. */
export function watchFile(uri: vscode.Uri, changed: (change: "modified" | "deleted") => void): vscode.Disposable {
  const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const nameless = !looksLikeCheckpoint(name);
  const spread = mayOpenFolder(name) && (nameless || name.endsWith(".json"));
  const pattern = new vscode.RelativePattern(
    vscode.Uri.joinPath(uri, ".."),
    spread ? "**/*" : name.replace(/[[\]{}*?]/g, "?"),
  );
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const version = new FileVersion(async () => {
    const stat = vscode.workspace.fs.stat(uri);
    return stat.then(
      ({ mtime, size }) => ({ mtime, size }),
      () => null,
    );
  });
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (change: "modified" | "deleted") => (which: vscode.Uri) => {
    const own = which.path === uri.path;
    if (!own && !(spread && (nameless || looksLikeCheckpoint(which.path)))) return;
    clearTimeout(timer);
    // A shard that goes is a change of the model, which is still there.
    timer = setTimeout(async () => {
      const other = await version.changed();
      if (!ended && (other || !own)) changed(own ? change : "modified");
    }, QUIET_MILLISECONDS);
  };
  watcher.onDidChange(later("modified"));
  watcher.onDidCreate(later("modified"));
  watcher.onDidDelete(later("deleted"));
  return {
    dispose() {
      ended = true;
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
