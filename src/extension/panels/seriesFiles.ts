import * as vscode from "vscode";
import { type SeriesMember, seriesOf } from "../../base/series.ts";
import type { SeriesFile } from "../../protocol/contract.ts";
import { looksLikeCheckpoint } from "../files/checkpointGlob.ts";

/** A training job writes a file in many steps; one word after it has rested this long is enough. */
const QUIET_MILLISECONDS = 600;

/** The run that a checkpoint belongs to, or the longest in a folder, by names alone. */
export async function seriesAt(uri: vscode.Uri): Promise<readonly SeriesFile[]> {
  const stat = await vscode.workspace.fs.stat(uri).then(
    (found) => found,
    () => null,
  );
  const isFolder = stat !== null && (stat.type & vscode.FileType.Directory) !== 0;
  const folder = isFolder ? uri : vscode.Uri.joinPath(uri, "..");
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (found) => found,
    // A file system that lists no folders has no series to offer.
    () => [],
  );
  const names = entries
    .filter(([name, type]) => (type & vscode.FileType.File) !== 0 && looksLikeCheckpoint(name))
    .map(([name]) => name)
    .sort();
  const own = uri.path.slice(uri.path.lastIndexOf("/") + 1);
  const families = (isFolder ? names : [own]).map((name) => seriesOf(name, names));
  const longest = families.reduce<readonly SeriesMember[]>((best, one) => (one.length > best.length ? one : best), []);
  return longest.map(({ name, step }) => ({ uri: vscode.Uri.joinPath(folder, name).toString(), name, step }));
}

/** Tells that checkpoints came, changed or went beside a file, or in a folder. */
export function watchSeries(uri: vscode.Uri, changed: () => void): vscode.Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (which: vscode.Uri) => {
    if (!looksLikeCheckpoint(which.path)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MILLISECONDS);
  };
  const watchers = [vscode.Uri.joinPath(uri, ".."), uri].map((folder) =>
    vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "*")),
  );
  for (const watcher of watchers) {
    watcher.onDidCreate(later);
    watcher.onDidChange(later);
    watcher.onDidDelete(later);
  }
  return {
    dispose() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
    },
  };
}
