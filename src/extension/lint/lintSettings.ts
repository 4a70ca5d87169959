import * as vscode from "vscode";
import { globMatcher } from "../../base/glob.ts";
import type { LintSettings } from "../../lint/types.ts";

/** What the settings say about the lint, for a document's folder; null where it is off or the document is left out. */
export function lintSettings(document: vscode.TextDocument): LintSettings | null {
  const patterns = exclusions(document.uri);
  return patterns.some((pattern) => vscode.languages.match({ pattern }, document) > 0)
    ? null
    : settingsAt(document.uri);
}

/** The same for a checkpoint, which is no document. */
export function checkpointLintSettings(uri: vscode.Uri): LintSettings | null {
  const shown = `/${vscode.workspace.asRelativePath(uri)}`;
  const left = exclusions(uri).map(globMatcher);
  return left.some((matches) => matches(shown) || matches(shown.slice(1))) ? null : settingsAt(uri);
}

function exclusions(uri: vscode.Uri): readonly string[] {
  const left: readonly unknown[] = vscode.workspace.getConfiguration("modescope", uri).get("lint.exclude", []);
  return left.filter((one): one is string => typeof one === "string");
}

function settingsAt(uri: vscode.Uri): LintSettings | null {
  const section = vscode.workspace.getConfiguration("modescope", uri);
  if (!section.get("lint.enable", true)) return null;
  return {
    inputMoment: section.get("lint.data.inputMoment", 1),
    assumedDepth: section.get("lint.assumedDepth", 0),
    topMode: section.get("lint.data.topMode", 0),
    // The editor's own objects cannot be sent.
    severities: { ...section.get("lint.severity", {}) },
  };
}
