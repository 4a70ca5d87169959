import type * as vscode from "vscode";
import { isRecord } from "../../protocol/guards.ts";

const MEMORY = "modescope.chosenFiles";
/** Panels whose choices are kept, and files of each; the oldest go. */
const KEPT_PANELS = 200;
const KEPT_FILES = 100;

/** What a person chose in a panel, so that it may ask about it again after a reload of the window. */
export class ChosenFiles {
  constructor(private readonly memory: vscode.Memento) {}

  of(panel: string, uri: vscode.Uri): readonly string[] {
    return this.#all().get(keyOf(panel, uri)) ?? [];
  }

  async keep(panel: string, uri: vscode.Uri, files: readonly string[]): Promise<void> {
    const all = this.#all();
    const key = keyOf(panel, uri);
    // The latest last, also one that was chosen before.
    const kept = [...(all.get(key) ?? []).filter((one) => !files.includes(one)), ...files].slice(-KEPT_FILES);
    all.delete(key);
    all.set(key, kept);
    await this.memory.update(MEMORY, Object.fromEntries([...all].slice(-KEPT_PANELS)));
  }

  #all(): Map<string, readonly string[]> {
    const kept = this.memory.get<unknown>(MEMORY);
    return new Map(
      Object.entries(isRecord(kept) ? kept : {}).map(([key, files]) => [
        key,
        Array.isArray(files) ? files.filter((file): file is string => typeof file === "string") : [],
      ]),
    );
  }
}

function keyOf(panel: string, uri: vscode.Uri): string {
  return `${panel} ${uri.toString()}`;
}
