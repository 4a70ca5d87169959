import * as vscode from "vscode";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { folderLabel } from "../files/folderLabel.ts";

/** More than this is not a list that a person reads; the view says so. */
const MAX_LISTED = 5_000;
const QUIET_MILLISECONDS = 300;
const SETTLED_MILLISECONDS = 3_000;

type Node =
  | { readonly kind: "folder"; readonly uri: vscode.Uri; readonly label: string; readonly files: readonly vscode.Uri[] }
  | { readonly kind: "file"; readonly uri: vscode.Uri };

/** The checkpoints of the workspace, grouped by run folder, in natural order (step 2 before step 10). Follows the file system. */
export class CheckpointTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #message: (text: string | undefined) => void = () => {};

  static register(): vscode.Disposable {
    const tree = new CheckpointTree();
    const view = vscode.window.createTreeView("modescope.checkpoints", {
      treeDataProvider: tree,
      showCollapseAll: true,
      canSelectMany: true,
    });
    tree.#message = (text) => {
      view.message = text ?? "";
    };
    // Of a folder that comes or goes with all in it, often only the folder itself is told.
    const watcher = vscode.workspace.createFileSystemWatcher("**/*", false, true, false);
    const moved = (uri: vscode.Uri) => (looksLikeCheckpoint(uri.path) || !/\.[^./]+$/.test(uri.path)) && tree.refresh();
    watcher.onDidCreate(moved);
    watcher.onDidDelete(moved);
    tree.#subscriptions.push(
      view,
      watcher,
      vscode.workspace.onDidChangeWorkspaceFolders(() => tree.refresh()),
      vscode.commands.registerCommand("modescope.refreshCheckpoints", () => tree.refresh()),
    );
    return tree;
  }

  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(undefined), QUIET_MILLISECONDS);
    // What is written into a folder in the moment of its making may never be told: one more look when it has settled.
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#changed.fire(undefined), SETTLED_MILLISECONDS);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node !== undefined) return node.kind === "folder" ? node.files.map((uri) => ({ kind: "file", uri })) : [];
    const files = await vscode.workspace.findFiles(CHECKPOINT_GLOB, NO_CODE_GLOB, MAX_LISTED);
    this.#message(files.length === MAX_LISTED ? `The first ${MAX_LISTED} checkpoints are listed.` : undefined);
    const folders = new Map<string, vscode.Uri[]>();
    for (const file of files) {
      const folder = vscode.Uri.joinPath(file, "..").toString();
      folders.set(folder, [...(folders.get(folder) ?? []), file]);
    }
    return [...folders]
      .map(([folder, inside]): Node => {
        const uri = vscode.Uri.parse(folder, true);
        return {
          kind: "folder",
          uri,
          label: folderLabel(uri),
          files: inside.sort((a, b) => natural(a.path, b.path)),
        };
      })
      .sort((a, b) => natural(a.uri.path, b.uri.path));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "folder") {
      const { run, inside } = runOf(node.label);
      const item = new vscode.TreeItem(run, vscode.TreeItemCollapsibleState.Collapsed);
      item.id = node.uri.toString();
      item.description = `${inside === "" ? "" : `${inside} · `}${node.files.length}`;
      item.tooltip = `${node.label}: ${node.files.length} ${node.files.length === 1 ? "checkpoint" : "checkpoints"}`;
      item.iconPath = vscode.ThemeIcon.Folder;
      item.contextValue = "folder";
      item.accessibilityInformation = { label: `${node.label}, ${node.files.length} checkpoints` };
      return item;
    }
    const item = new vscode.TreeItem(node.uri);
    item.id = node.uri.toString();
    item.contextValue = "checkpoint";
    item.command = { command: "modescope.analyzeCheckpoint", title: "Analyze Checkpoint", arguments: [node.uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}

/** "toy/run-3/checkpoints" is the run "toy/run-3": the folder that every run has tells none apart. */
function runOf(path: string): { readonly run: string; readonly inside: string } {
  const [, run, inside] = /^(.+)\/(checkpoints?|ckpts?|weights|models?)$/i.exec(path) ?? [];
  return { run: run ?? path, inside: inside ?? "" };
}

function natural(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true, sensitivity: "base" });
}
