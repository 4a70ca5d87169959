import * as vscode from "vscode";
import { describeError, serializeError } from "../../base/errors.ts";
import { LABEL_FILES, MAX_LABEL_BYTES, readLabelFile } from "../../base/labels.ts";
import type { FoundLabels, OfferedLabels } from "../../protocol/contract.ts";
import { listFolder } from "./workspaceFiles.ts";

const NONE: FoundLabels = { lists: [], source: null, problem: null };
const KEY = "modescope.labelFiles";
/** What is remembered beside the addresses of files. */
const NUMBERS = "numbers:";
const MODEL = "model:";
const AUTOMATIC = "";
const FILE = "file…";
/** Files of a folder that may hold names: more would be a list of everything. */
const LIKELY = /(label|class|name|vocab|categor|item|propert).*\.(json|txt)$/i;
const MOST_FILES = 20;

/** Names for rows and columns: a file that a person chose for the checkpoint's folder, else a label file beside it or one folder up. */
export class LabelFiles {
  constructor(private readonly memory: vscode.Memento) {}

  async find(checkpoint: vscode.Uri): Promise<FoundLabels> {
    const folder = vscode.Uri.joinPath(checkpoint, "..");
    const chosen = this.#remembered()[folder.toString()];
    if (chosen === NUMBERS) return { ...NONE, use: { kind: "numbers" } };
    if (chosen?.startsWith(MODEL)) return { ...NONE, use: { kind: "model", id: chosen.slice(MODEL.length) } };
    if (chosen !== undefined) return this.#read(vscode.Uri.parse(chosen, true));
    for (const place of [folder, vscode.Uri.joinPath(folder, "..")]) {
      for (const name of LABEL_FILES) {
        const file = vscode.Uri.joinPath(place, name);
        if (await exists(file)) return this.#read(file);
      }
    }
    return NONE;
  }

  /** One list of everything that names can come from. Dismissed, nothing changes. */
  async choose(checkpoint: vscode.Uri, offered: readonly OfferedLabels[]): Promise<FoundLabels> {
    const folder = vscode.Uri.joinPath(checkpoint, "..");
    const kept = this.#remembered()[folder.toString()];
    const picked = await vscode.window.showQuickPick(await this.#choices(folder, offered, kept), {
      title: "Names for rows and columns",
      placeHolder: "Where names come from; remembered for this folder",
      matchOnDescription: true,
    });
    const value = picked === undefined ? undefined : picked.value === FILE ? await chooseFile(folder) : picked.value;
    if (value !== undefined) {
      const { [folder.toString()]: _old, ...others } = this.#remembered();
      await this.memory.update(KEY, value === AUTOMATIC ? others : { ...others, [folder.toString()]: value });
    }
    return this.find(checkpoint);
  }

  async #choices(folder: vscode.Uri, offered: readonly OfferedLabels[], kept: string | undefined) {
    const choice = (label: string, value: string, description: string) => ({
      label,
      value,
      description: value === (kept ?? AUTOMATIC) ? `${description} – chosen` : description,
    });
    const files = await labelFilesNear(folder);
    return [
      choice("$(sparkle) Automatic", AUTOMATIC, "what the file says itself, then lists whose length fits"),
      ...offered.map(({ id, title }) => choice(`$(symbol-array) ${title}`, `${MODEL}${id}`, "in the model")),
      ...files.map((file) => choice(`$(file) ${vscode.workspace.asRelativePath(file)}`, file.toString(), "label file")),
      choice("$(symbol-numeric) Unit numbers", NUMBERS, "no names"),
      choice("$(folder-opened) Choose a file…", FILE, "JSON, or one name a line"),
    ];
  }

  #remembered(): Readonly<Record<string, string>> {
    return this.memory.get<Record<string, string>>(KEY, {});
  }

  async #read(file: vscode.Uri): Promise<FoundLabels> {
    const source = vscode.workspace.asRelativePath(file);
    try {
      const { size } = await vscode.workspace.fs.stat(file);
      if (size > MAX_LABEL_BYTES)
        return { lists: [], source, problem: `It has ${size} bytes; a label file has at most ${MAX_LABEL_BYTES}.` };
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      const lists = readLabelFile(text, source);
      return { lists, source, problem: lists.length === 0 ? "It holds no list of names." : null };
    } catch (error) {
      return { lists: [], source, problem: describeError(serializeError(error)) };
    }
  }
}

async function chooseFile(folder: vscode.Uri): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "File with names for rows and columns",
      openLabel: "Use These Names",
      defaultUri: folder,
      filters: { "JSON or one name a line": ["json", "txt"] },
    })) ?? [];
  return file?.toString();
}

/** Beside the checkpoint and one folder up. */
async function labelFilesNear(folder: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const found: vscode.Uri[] = [];
  for (const place of [folder, vscode.Uri.joinPath(folder, "..")]) {
    const listing = await listFolder(place).catch(() => null);
    for (const { name, kind } of listing?.entries ?? [])
      if (kind === "file" && LIKELY.test(name)) found.push(vscode.Uri.joinPath(place, name));
  }
  return found.slice(0, MOST_FILES);
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
}
