import type * as vscode from "vscode";

export interface StudyPlace {
  /** Id of the panel in the webviews' registry. */
  readonly panel: string;
  /** What it is about, the first of them before all; empty for a panel about no file. */
  readonly files: readonly vscode.Uri[];
  /** What the command was given to begin with, plain data that the panel checks; left out: nothing. */
  readonly begin?: unknown;
}
