import * as vscode from "vscode";
import { describeError, serializeError } from "../../base/errors.ts";
import { LABEL_FILES, MAX_LABEL_BYTES, readLabelFile } from "../../base/labels.ts";
import type { FoundLabels, OfferedLabels } from "../../protocol/contract.ts";

const NONE: FoundLabels = { lists: [], source: null, problem: null };
const KEY = "modescope.labelFiles";

/** Answers that are no file. */
const NUMBERS = "numbers";
const AUTOMATIC = "automatic";
/** Before the id of a list that the model itself offers. */
const MODEL = "model:";

interface Source extends vscode.QuickPickItem {
  /** URI of a file, or one of the words above; null: ask for a file. */
  readonly answer: string | null;
}

function folderOf(checkpoint: vscode.Uri): string {
  return vscode.Uri.joinPath(checkpoint, "..").toString();
}

function namesBeside(checkpoint: vscode.Uri): readonly vscode.Uri[] {
  const folder = vscode.Uri.joinPath(checkpoint, "..");
  return [folder, vscode.Uri.joinPath(folder, "..")].flatMap((place) =>
    LABEL_FILES.map((name) => vscode.Uri.joinPath(place, name)),
  );
}

async function otherFile(checkpoint: vscode.Uri): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: "File with names for rows and columns",
      openLabel: "Use These Names",
      defaultUri: vscode.Uri.joinPath(checkpoint, ".."),
      filters: { "JSON, CSV, or one name a line": ["json", "csv", "tsv", "txt"] },
    })) ?? [];
  return file?.toString();
}

/** Names for rows and columns: a file that a person chose for the checkpoint's folder, else a label file beside it or one folder up. */
export class LabelFiles {
  constructor(private readonly memory: vscode.Memento) {}

  async find(checkpoint: vscode.Uri): Promise<FoundLabels> {
    const chosen = this.#remembered()[folderOf(checkpoint)];
    if (chosen === NUMBERS) return { ...NONE, numbersOnly: true };
    if (chosen?.startsWith(MODEL)) return { ...NONE, model: chosen.slice(MODEL.length) };
    if (chosen !== undefined) return this.#read(vscode.Uri.parse(chosen, true));
    for (const file of namesBeside(checkpoint)) if (await exists(file)) return this.#read(file);
    return NONE;
  }

  /** Asks where names are to come from, and remembers the answer for the checkpoint's folder. `lists`: what the model itself offers. */
  async choose(checkpoint: vscode.Uri, lists: readonly OfferedLabels[]): Promise<FoundLabels> {
    const ofModel = lists.map(({ id, title }): Source => {
      return { label: `$(symbol-array) ${title}`, description: "in the model", answer: `${MODEL}${id}` };
    });
    const picked = await vscode.window.showQuickPick([...ofModel, ...(await this.#offered(checkpoint))], {
      title: "Names of Rows and Columns",
      placeHolder: "Where do names come from?",
      matchOnDescription: true,
    });
    const answer = picked?.answer ?? (picked === undefined ? undefined : await otherFile(checkpoint));
    if (answer !== undefined) {
      const { [folderOf(checkpoint)]: _before, ...others } = this.#remembered();
      await this.memory.update(KEY, answer === AUTOMATIC ? others : { ...others, [folderOf(checkpoint)]: answer });
    }
    return this.find(checkpoint);
  }

  async #offered(checkpoint: vscode.Uri): Promise<readonly Source[]> {
    const offered: Source[] = [];
    for (const file of namesBeside(checkpoint)) {
      if (!(await exists(file))) continue;
      const { lists, source, problem } = await this.#read(file);
      const what = lists.map(({ name, labels }) => `${labels.length} ${name || "names"}`).join(", ");
      offered.push({ label: `$(list-unordered) ${source}`, description: problem ?? what, answer: file.toString() });
    }
    return [
      ...offered,
      { label: "$(folder-opened) Another File…", description: "JSON, CSV, or one name a line", answer: null },
      {
        label: "$(wand) Automatic",
        description: "the file's own names, then a label file beside it",
        answer: AUTOMATIC,
      },
      { label: "$(symbol-numeric) Unit Numbers", description: "no names at all", answer: NUMBERS },
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

async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    ({ type }) => (type & vscode.FileType.File) !== 0,
    () => false,
  );
}
