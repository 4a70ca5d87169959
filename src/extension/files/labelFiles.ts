import * as vscode from "vscode";
import { describeError, serializeError } from "../../base/errors.ts";
import { LABEL_FILES, MAX_LABEL_BYTES, readLabelFile } from "../../base/labels.ts";
import type { FoundLabels } from "../../protocol/contract.ts";

const NONE: FoundLabels = { lists: [], source: null, problem: null };
const KEY = "modescope.labelFiles";

/** Names for rows and columns: a file that a person chose for the checkpoint's folder, else a label file beside it or one folder up. */
export class LabelFiles {
  constructor(private readonly memory: vscode.Memento) {}

  async find(checkpoint: vscode.Uri): Promise<FoundLabels> {
    const folder = vscode.Uri.joinPath(checkpoint, "..");
    const chosen = this.#remembered()[folder.toString()];
    if (chosen !== undefined) return this.#read(vscode.Uri.parse(chosen, true));
    for (const place of [folder, vscode.Uri.joinPath(folder, "..")]) {
      for (const name of LABEL_FILES) {
        const file = vscode.Uri.joinPath(place, name);
        if (await exists(file)) return this.#read(file);
      }
    }
    return NONE;
  }

  async choose(checkpoint: vscode.Uri): Promise<FoundLabels> {
    const folder = vscode.Uri.joinPath(checkpoint, "..");
    const [file] =
      (await vscode.window.showOpenDialog({
        title: "File with names for rows and columns",
        openLabel: "Use These Names",
        defaultUri: folder,
        filters: { "JSON or one name a line": ["json", "txt"] },
      })) ?? [];
    if (file !== undefined)
      await this.memory.update(KEY, { ...this.#remembered(), [folder.toString()]: file.toString() });
    return this.find(checkpoint);
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

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
}
