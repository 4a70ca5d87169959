import * as vscode from "vscode";
import type { NamedFile } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import { panelTitle } from "../../protocol/panelTitles.ts";
import { sourceOf } from "../lint/codeNetwork.ts";
import { panelColumn } from "./panelColumn.ts";
import { named } from "./panelFiles.ts";
import type { StudyPlace } from "./studyPlace.ts";
import { hostPanel, type PanelServices } from "./webviewHost.ts";

const STUDY_VIEW = "modescope.study";
/** A panel about no file at all, such as a simulator. */
const NO_FILE = "modescope-none";

/** Panels of studies: one tab for each panel and file, brought to the front when asked for again. */
export class StudyPanels implements vscode.Disposable {
  readonly #panels = new Map<string, vscode.WebviewPanel>();

  constructor(private readonly services: () => PanelServices) {}

  open(place: StudyPlace): void {
    const existing = this.#panels.get(keyOf(place));
    if (existing !== undefined) {
      existing.reveal();
      return;
    }
    this.#show(vscode.window.createWebviewPanel(STUDY_VIEW, titleOf(place), panelColumn(), {}), place);
  }

  /** Brings them back after a reload of the window. */
  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(STUDY_VIEW, {
      deserializeWebviewPanel: async (panel, state) => {
        const place = placeOf(isRecord(state) ? state.context : null);
        if (place === null) panel.dispose();
        else this.#show(panel, place);
      },
    });
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #show(panel: vscode.WebviewPanel, place: StudyPlace): void {
    const key = keyOf(place);
    const services = this.services();
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, "media", "icon.svg");
    this.#panels.set(key, panel);
    panel.onDidDispose(() => {
      if (this.#panels.get(key) === panel) this.#panels.delete(key);
    });
    const [uri = vscode.Uri.from({ scheme: NO_FILE, path: `/${place.panel}` })] = place.files;
    hostPanel(panel.webview, panel.onDidDispose, { ...place, uri, target: null }, services);
  }
}

/** "Learning Dynamics: run-3": what the panel is called, and what it is about. */
function titleOf({ panel, begin, files: [first, ...others] }: StudyPlace): string {
  const words = panelTitle(panel);
  if (first === undefined) return isRecord(begin) && typeof begin.name === "string" ? `${words}: ${begin.name}` : words;
  return `${words}: ${named(first).name}${others.length === 0 ? "" : ` and ${others.length} more`}`;
}

/** A panel about a network in code is that network's, whatever its numbers are just now. */
function keyOf({ panel, files, begin }: StudyPlace): string {
  return JSON.stringify([panel, sourceOf(begin) ?? begin ?? null, ...files.map(String)]);
}

/** What the webview kept of its place, checked: it is asked to show files, so it must name files. */
function placeOf(context: unknown): StudyPlace | null {
  if (!isRecord(context) || typeof context.panel !== "string" || !Array.isArray(context.files)) return null;
  const files = context.files.filter((file): file is NamedFile => isRecord(file) && typeof file.uri === "string");
  const { begin = null } = context;
  return {
    panel: context.panel,
    files: files.map(({ uri }) => vscode.Uri.parse(uri, true)),
    ...(begin === null ? {} : { begin }),
  };
}
