import * as vscode from "vscode";
import type { LintSettings } from "../../lint/types.ts";

/** What the settings say about the lint, for a document's folder; null where it is off or the document is left out. */
export function lintSettings(document: vscode.TextDocument): LintSettings | null {
  const section = vscode.workspace.getConfiguration("modescope", document.uri);
  if (!section.get("lint.enable", true)) return null;
  const left: readonly unknown[] = section.get("lint.exclude", []);
  const patterns = left.filter((one): one is string => typeof one === "string");
  if (patterns.some((pattern) => vscode.languages.match({ pattern }, document) > 0)) return null;
  return {
    inputMoment: section.get("lint.data.inputMoment", 1),
    assumedDepth: section.get("lint.assumedDepth", 0),
    topMode: section.get("lint.data.topMode", 0),
    // The editor's own objects cannot be sent.
    severities: { ...section.get("lint.severity", {}) },
  };
}
