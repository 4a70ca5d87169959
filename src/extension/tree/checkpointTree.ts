import * as vscode from "vscode";
import { mayOpenFolder } from "../../formats/folders.ts";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, modelIn, NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { folderLabel } from "../files/folderLabel.ts";

/** More than this is not a list that a person reads; the view says so. */
const MAX_LISTED = 5_000;
const QUIET_MILLISECONDS = 300;
const SETTLED_MILLISECONDS = 3_000;

interface FolderNode {
  readonly kind: "folder";
  readonly uri: vscode.Uri;
  readonly label: string;
  readonly files: readonly vscode.Uri[];
  /** Title of its format, where the folder is one model. */
  readonly model: string | null;
}

type Node = FolderNode | { readonly kind: "file"; readonly uri: vscode.Uri };

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
    const moved = ({ path }: vscode.Uri) => {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (looksLikeCheckpoint(name) || mayOpenFolder(name) || !name.includes(".")) tree.refresh();
    };
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
    return (await foldersOf(files)).sort((a, b) => natural(a.uri.path, b.uri.path));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "folder") {
      if (node.model !== null) return modelItem(node, node.model);
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

/** By folder; what lies below a folder that is a model with all its tree is not listed for itself. */
async function foldersOf(files: readonly vscode.Uri[]): Promise<FolderNode[]> {
  const folders = new Map<string, vscode.Uri[]>();
  const candidates = new Set<string>();
  for (const file of files) {
    const parent = vscode.Uri.joinPath(file, "..");
    const folder = parent.toString();
    const name = file.path.slice(parent.path.length + 1);
    const inside = folders.get(folder) ?? [];
    folders.set(folder, inside);
    if (looksLikeCheckpoint(name)) inside.push(file);
    // An entry may lie one folder below the one that it opens.
    if (mayOpenFolder(name)) candidates.add(folder).add(vscode.Uri.joinPath(parent, "..").toString());
  }
  const models = new Map<string, { readonly title: string; readonly wholeTree: boolean }>();
  for (const folder of candidates) {
    const model = await modelIn(vscode.Uri.parse(folder, true));
    if (model !== null) models.set(folder, model);
  }
  for (const folder of models.keys()) if (!folders.has(folder)) folders.set(folder, []);
  const swallowed = (folder: string) =>
    [...models].some(([model, { wholeTree }]) => wholeTree && folder.startsWith(`${model}/`));
  return [...folders]
    .filter(([folder, inside]) => (inside.length > 0 || models.has(folder)) && !swallowed(folder))
    .map(([folder, inside]) => {
      const uri = vscode.Uri.parse(folder, true);
      const model = models.get(folder);
      return {
        kind: "folder",
        uri,
        label: folderLabel(uri),
        files: model?.wholeTree === true ? [] : inside.sort((a, b) => natural(a.path, b.path)),
        model: model?.title ?? null,
      };
    });
}

/** A click opens it; its files stay one level below, where they are checkpoints of their own too. */
function modelItem(node: FolderNode, title: string): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(node.label, node.files.length === 0 ? None : Collapsed);
  item.description = title;
  item.iconPath = new vscode.ThemeIcon("package");
  item.contextValue = "model";
  item.command = { command: "modescope.analyzeCheckpoint", title: "Analyze Checkpoint", arguments: [node.uri] };
  item.accessibilityInformation = { label: `${node.label}, a model: ${title}` };
  return item;
}

/** "toy/run-3/checkpoints" is the run "toy/run-3": the folder that every run has tells none apart. */
function runOf(path: string): { readonly run: string; readonly inside: string } {
  const [, run, inside] = /^(.+)\/(checkpoints?|ckpts?|weights|models?)$/i.exec(path) ?? [];
  return { run: run ?? path, inside: inside ?? "" };
}

function natural(a: string, b: string): number {
  return a.localeCompare(b, undefined, { numeric: true, sensitivity: "base" });
}
