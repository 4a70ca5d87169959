import * as vscode from "vscode";
import type { TargetRef } from "../../analysis/types.ts";
import { isRecord } from "../../protocol/guards.ts";
import { hostPanel, type PanelServices } from "./webviewHost.ts";

const TENSOR_VIEW = "modescope.tensor";

/**
 * Tensor views: one tab for each checkpoint, reused for the next row. Beside the overview while that has the window to itself; where the window is
 * split already (code and overview), a tab in the overview's own group, because a third column would leave all three too narrow.
 */
export class TensorPanels implements vscode.Disposable {
  readonly #panels = new Map<string, vscode.WebviewPanel>();
  readonly #places = new Map<vscode.WebviewPanel, { readonly uri: vscode.Uri; readonly target: TargetRef }>();

  constructor(private readonly services: () => PanelServices) {}

  /** The tensor of the view in front; null where none is. */
  get active(): { readonly uri: vscode.Uri; readonly target: TargetRef } | null {
    for (const [panel, place] of this.#places) if (panel.active) return place;
    return null;
  }

  /** `section`: the part of the view that it is opened for. */
  open(uri: vscode.Uri, target: TargetRef, section: string | null = null): void {
    const key = uri.toString();
    const existing = this.#panels.get(key);
    const split = vscode.window.tabGroups.all.length > 1;
    const column = existing?.viewColumn ?? (split ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside);
    existing?.dispose();
    this.#show(vscode.window.createWebviewPanel(TENSOR_VIEW, titleOf(target), column, {}), uri, target, section);
  }

  /** Brings tensor views back after a reload of the window. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(TENSOR_VIEW, {
      deserializeWebviewPanel: async (panel, state) => {
        const place = isRecord(state) && isRecord(state.context) ? state.context : null;
        if (place === null || typeof place.uri !== "string" || !isRecord(place.target)) {
          panel.dispose();
          return;
        }
        this.#show(panel, vscode.Uri.parse(place.uri, true), place.target as unknown as TargetRef);
      },
    });
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #show(panel: vscode.WebviewPanel, uri: vscode.Uri, target: TargetRef, section: string | null = null): void {
    const key = uri.toString();
    const services = this.services();
    panel.title = titleOf(target);
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, "media", "icon.svg");
    this.#panels.set(key, panel);
    this.#places.set(panel, { uri, target });
    panel.onDidDispose(() => {
      this.#places.delete(panel);
      if (this.#panels.get(key) === panel) this.#panels.delete(key);
    });
    hostPanel(panel.webview, panel.onDidDispose, { panel: "tensor", uri, target, section }, services);
  }
}

function titleOf(target: TargetRef): string {
  const short = target.tensor.length > 40 ? `…${target.tensor.slice(-39)}` : target.tensor;
  return target.part === null ? short : `${short} [${target.part}]`;
}
