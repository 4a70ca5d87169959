import * as vscode from "vscode";
import type { LintFinding, Severity, Unread } from "../../lint/types.ts";
import { rulePage } from "../../protocol/rulePages.ts";
import type { LintedText } from "./lintedText.ts";

export const SEVERITY: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

export function pageOf(rule: string): vscode.Uri {
  return vscode.Uri.parse(rulePage(rule));
}

/** A finding as the editor shows it; null where its place has gone. */
export function diagnosticOf(
  finding: LintFinding,
  text: LintedText,
): { readonly document: vscode.TextDocument; readonly diagnostic: vscode.Diagnostic } | null {
  const place = text.place(finding.from, finding.to);
  if (place === null) return null;
  const supposed = finding.assumptions.length === 0 ? "" : `\nSupposes ${finding.assumptions.join("; ")}.`;
  const diagnostic = new vscode.Diagnostic(
    firstLine(place.document, place.range),
    `${finding.message}${supposed}`,
    SEVERITY[finding.severity],
  );
  diagnostic.source = "ModeScope";
  diagnostic.code = { value: finding.rule, target: pageOf(finding.rule) };
  diagnostic.relatedInformation = finding.related.flatMap(({ from, to, message }) => {
    const at = text.place(from, to);
    return at === null
      ? []
      : [new vscode.DiagnosticRelatedInformation(new vscode.Location(at.document.uri, at.range), message)];
  });
  return { document: place.document, diagnostic };
}

/** What was not looked at says so where it begins. */
export function unreadDiagnostic(
  { from, to, message }: Unread,
  text: LintedText,
): { readonly document: vscode.TextDocument; readonly diagnostic: vscode.Diagnostic } | null {
  const place = text.place(from, to);
  if (place === null) return null;
  const diagnostic = new vscode.Diagnostic(
    firstLine(place.document, place.range),
    message,
    vscode.DiagnosticSeverity.Information,
  );
  diagnostic.source = "ModeScope";
  return { document: place.document, diagnostic };
}

/** Calls over many lines are underlined on their first: a squiggle under half a screen hides the code. */
function firstLine(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  return range.isSingleLine ? range : new vscode.Range(range.start, document.lineAt(range.start.line).range.end);
}
