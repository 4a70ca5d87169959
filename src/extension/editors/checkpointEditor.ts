import * as vscode from "vscode";
import { hostPanel, type PanelServices } from "../panels/webviewHost.ts";

export const CHECKPOINT_EDITOR = "modescope.checkpoint";
/** The same editor for suffixes that other tools own as well: offered in "Reopen With…", never the default. */
const OPTIONAL_EDITOR = "modescope.checkpointOption";

/** The read-only editor of checkpoints: the overview panel. Several may show one file. */
export function registerCheckpointEditors(services: PanelServices): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose() {} }),
    resolveCustomEditor(document, panel) {
      // While the webview loads.
      services.engine.warm();
      hostPanel(panel.webview, panel.onDidDispose, { panel: "overview", uri: document.uri, target: null }, services);
    },
  };
  return vscode.Disposable.from(
    ...[CHECKPOINT_EDITOR, OPTIONAL_EDITOR].map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
    ),
  );
}
