import * as vscode from "vscode";
import { initialOf, seriesOf } from "../../base/series.ts";
import type { Reference } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import { looksLikeCheckpoint } from "../files/checkpointGlob.ts";

/** Choices are few; the oldest go. */
const KEPT_CHOICES = 200;
const MEMORY = "modescope.references";

/**
 * Which checkpoint a checkpoint is compared with: the first of its run, told by the names beside it, until a person chooses another or none.
 * A panel cannot name a file itself: it gets what is found here, or what a person picked in a dialog.
 */
export class References {
  constructor(private readonly memory: vscode.Memento) {}

  async of(uri: vscode.Uri): Promise<Reference | null> {
    const chosen = this.#choices().get(uri.toString());
    if (chosen === "") return null;
    if (chosen !== undefined) {
      const other = vscode.Uri.parse(chosen, true);
      if (await exists(other)) return { uri: chosen, name: nameOf(other), firstOfRun: false };
    }
    const first = initialOf(nameOf(uri), await beside(uri));
    return first === null
      ? null
      : { uri: vscode.Uri.joinPath(uri, "..", first.name).toString(), name: first.name, firstOfRun: true };
  }

  /** Asks; what was chosen stays chosen. Null: a person chose to compare with none. Undefined: the question was dismissed. */
  async choose(uri: vscode.Uri): Promise<Reference | null | undefined> {
    const own = nameOf(uri);
    const run = seriesOf(own, await beside(uri)).filter(({ name }) => name !== own);
    const file = "Another File…";
    const none = "Compare with None";
    const picked = await vscode.window.showQuickPick(
      [
        ...run.map(({ name }, index) => ({ label: name, description: index === 0 ? "first of this run" : "" })),
        { label: file, description: "" },
        { label: none, description: "" },
      ],
      { title: `Compare ${own} With`, placeHolder: "An earlier checkpoint of the same run" },
    );
    if (picked === undefined) return undefined;
    if (picked.label === none) {
      await this.#keep(uri, "");
      return null;
    }
    const other = picked.label === file ? await pickFile(uri) : vscode.Uri.joinPath(uri, "..", picked.label);
    if (other === undefined) return undefined;
    await this.#keep(uri, other.toString());
    return { uri: other.toString(), name: nameOf(other), firstOfRun: picked.label === run[0]?.name };
  }

  #choices(): Map<string, string> {
    const kept = this.memory.get<unknown>(MEMORY);
    return new Map(
      isRecord(kept)
        ? Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string")
        : [],
    );
  }

  async #keep(uri: vscode.Uri, choice: string): Promise<void> {
    const choices = this.#choices();
    choices.delete(uri.toString());
    choices.set(uri.toString(), choice);
    await this.memory.update(MEMORY, Object.fromEntries([...choices].slice(-KEPT_CHOICES)));
  }
}

async function beside(uri: vscode.Uri): Promise<string[]> {
  try {
    return (await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(uri, "..")))
      .filter(([name, type]) => (type & vscode.FileType.File) !== 0 && looksLikeCheckpoint(name))
      .map(([name]) => name);
  } catch {
    // A file system that lists no folders has no series to offer; choosing a file still works.
    return [];
  }
}

async function pickFile(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.joinPath(uri, ".."),
    title: `Compare ${nameOf(uri)} With`,
    openLabel: "Compare",
  });
  return picked?.[0];
}

function exists(uri: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
