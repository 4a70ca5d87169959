import * as vscode from "vscode";
import { ACTIVATIONS_FILE, captureScript, FRAMEWORKS } from "./captureScripts.ts";
import { offerActivations } from "./offerActivations.ts";

/** Writers touch a file many times; one word after it has rested this long is enough. */
const QUIET_MILLISECONDS = 800;

/** Opens a capture script for a framework, unsaved, and waits for the file that it will save. */
export class CaptureScripts implements vscode.Disposable {
  #watcher: vscode.Disposable | null = null;

  async write(): Promise<void> {
    const framework = await vscode.window.showQuickPick(FRAMEWORKS, {
      title: "Activation Capture Script",
      placeHolder: "Where does your model run?",
    });
    const known = FRAMEWORKS.find((one) => one === framework);
    if (known === undefined) return;
    const document = await vscode.workspace.openTextDocument({ language: "python", content: captureScript(known) });
    await vscode.window.showTextDocument(document);
    this.#watcher ??= watch();
  }

  dispose(): void {
    this.#watcher?.dispose();
  }
}

function watch(): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(`**/${ACTIVATIONS_FILE}`);
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const later = (file: vscode.Uri) => {
    clearTimeout(waiting.get(file.path));
    const said = `${vscode.workspace.asRelativePath(file)} was written.`;
    waiting.set(
      file.path,
      setTimeout(() => void offerActivations(file, said), QUIET_MILLISECONDS),
    );
  };
  watcher.onDidCreate(later);
  watcher.onDidChange(later);
  return {
    dispose() {
      for (const timer of waiting.values()) clearTimeout(timer);
      watcher.dispose();
    },
  };
}
