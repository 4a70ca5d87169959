import * as vscode from "vscode";
import type { MoveEdit, MovePlan } from "../../lint/types.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { LintedText } from "./lintedText.ts";
import { allStand } from "./standing.ts";

export function isPlan(answer: unknown): answer is MovePlan {
  return (
    isRecord(answer) && ["edits", "reached", "refusals", "also", "lines"].every((field) => Array.isArray(answer[field]))
  );
}

/** Shown before it is made, as one step to undo. Null where the text is not what was read. */
export function editOf(
  text: LintedText,
  edits: readonly MoveEdit[],
  title: string | null,
): vscode.WorkspaceEdit | null {
  const wordsAt = (from: number, to: number) => {
    const place = text.place(from, to);
    return place === null ? null : place.document.getText(place.range);
  };
  if (!allStand(edits, wordsAt)) return null;
  const edit = new vscode.WorkspaceEdit();
  for (const { from, to, text: written } of edits) {
    const place = text.place(from, to);
    if (place === null) return null;
    const asked = title === null ? undefined : { label: title, needsConfirmation: true };
    edit.replace(place.document.uri, place.range, written, asked);
  }
  return edit;
}
