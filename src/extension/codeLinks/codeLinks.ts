import * as vscode from "vscode";
import { NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { type CodeFile, type CodePlace, definitionsOf, nearestFirst, placesOf } from "./definitions.ts";

/** A workspace with more Python files than this is read in part; the nearest name may then be missed, never invented. */
const MAX_FILES = 1_000;
const MAX_BYTES = 512 * 1024;
const READ_AT_ONCE = 16;

/** Finds the line of the workspace's Python code that made a tensor, and goes there. */
export class CodeLinks implements vscode.Disposable {
  readonly #watcher = vscode.workspace.createFileSystemWatcher("**/*.py");
  readonly #subscriptions: vscode.Disposable[];
  #files: Promise<readonly CodeFile[]> | null = null;

  constructor() {
    const forget = () => {
      this.#files = null;
    };
    this.#subscriptions = [
      this.#watcher,
      this.#watcher.onDidCreate(forget),
      this.#watcher.onDidChange(forget),
      this.#watcher.onDidDelete(forget),
      vscode.workspace.onDidChangeWorkspaceFolders(forget),
      vscode.workspace.onDidChangeTextDocument(({ document }) => document.uri.path.endsWith(".py") && forget()),
    ];
  }

  /** Sources that define modules, the nearest to the checkpoint first. */
  async sourcesNear(checkpoint: vscode.Uri): Promise<readonly vscode.Uri[]> {
    this.#files ??= readCode();
    return nearestFirst(await this.#files, checkpoint.toString()).map(({ path }) => vscode.Uri.parse(path, true));
  }

  async find(checkpoint: vscode.Uri, tensor: string): Promise<readonly CodePlace[]> {
    this.#files ??= readCode();
    return placesOf(tensor, await this.#files, checkpoint.toString());
  }

  /** To the only place at once; of several a person chooses, the nearest to the checkpoint on top. */
  async open(checkpoint: vscode.Uri, tensor: string): Promise<boolean> {
    const places = await this.find(checkpoint, tensor);
    const [first] = places;
    if (first === undefined) {
      void vscode.window.showInformationMessage(`No Python file of this workspace names the module of “${tensor}”.`);
      return false;
    }
    const place = places.length === 1 ? first : await choose(places, tensor);
    if (place === undefined) return false;
    const uri = vscode.Uri.parse(place.path, true);
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: columnOfCode(uri), preview: true });
    const range = editor.document.lineAt(Math.min(place.line, editor.document.lineCount - 1)).range;
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    return true;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

async function readCode(): Promise<readonly CodeFile[]> {
  const uris = await vscode.workspace.findFiles("**/*.py", NO_CODE_GLOB, MAX_FILES);
  const files: CodeFile[] = [];
  for (let from = 0; from < uris.length; from += READ_AT_ONCE)
    files.push(...(await Promise.all(uris.slice(from, from + READ_AT_ONCE).map(readFile))));
  return files.filter(({ definitions }) => definitions.length > 0);
}

async function readFile(uri: vscode.Uri): Promise<CodeFile> {
  // What is being edited counts as it stands on the screen.
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return { path: uri.toString(), definitions: definitionsOf(open.getText()) };
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MAX_BYTES) return { path: uri.toString(), definitions: [] };
    const source = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return { path: uri.toString(), definitions: definitionsOf(source) };
  } catch {
    // Deleted or unreadable since it was listed: then nothing is known of it.
    return { path: uri.toString(), definitions: [] };
  }
}

async function choose(places: readonly CodePlace[], tensor: string): Promise<CodePlace | undefined> {
  const items = places.map((place) => ({
    label: place.text,
    description: `${vscode.workspace.asRelativePath(vscode.Uri.parse(place.path, true))}:${place.line + 1}`,
    place,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Code of ${tensor}`,
    placeHolder: "Several lines fit this name; the nearest to the checkpoint is on top",
    matchOnDescription: true,
  });
  return chosen?.place;
}

/** Where the file is open already; else another column than the view's, so that both are seen. */
function columnOfCode(uri: vscode.Uri): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const open = all.find((group) =>
    group.tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
  const other = open ?? all.find((group) => group !== activeTabGroup);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}
