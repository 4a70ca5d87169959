import * as vscode from "vscode";

/** Python of one document, or of all cells of a notebook: a notebook's names pass from cell to cell, so its cells are one source. */
export class LintedText {
  readonly text: string;
  /** Where each document begins in the text. */
  readonly #parts: readonly {
    readonly document: vscode.TextDocument;
    readonly from: number;
    readonly version: number;
  }[];

  constructor(
    readonly key: string,
    documents: readonly vscode.TextDocument[],
  ) {
    let from = 0;
    const texts: string[] = [];
    this.#parts = documents.map((document) => {
      const text = document.getText();
      const part = { document, from, version: document.version };
      texts.push(text);
      from += text.length + 1;
      return part;
    });
    this.text = texts.join("\n");
  }

  get documents(): readonly vscode.TextDocument[] {
    return this.#parts.map(({ document }) => document);
  }

  /** Another text has another. */
  get version(): string {
    return this.#parts.map(({ document, version }) => `${document.uri.fragment}${version}`).join(" ");
  }

  /** Whether the documents still read as they did. */
  get current(): boolean {
    return this.#parts.every(({ document, version }) => document.version === version && !document.isClosed);
  }

  /** The document and range of two offsets; null where they lie in no one document. */
  place(from: number, to: number): { readonly document: vscode.TextDocument; readonly range: vscode.Range } | null {
    const part = this.#parts.filter((one) => one.from <= from).at(-1);
    if (part === undefined) return null;
    const { document } = part;
    return {
      document,
      range: new vscode.Range(document.positionAt(from - part.from), document.positionAt(to - part.from)),
    };
  }
}

/** The text that a document belongs to; null if it is no Python. */
export function textWith(document: vscode.TextDocument): LintedText | null {
  if (document.languageId !== "python") return null;
  if (document.uri.scheme !== "vscode-notebook-cell") return new LintedText(document.uri.toString(), [document]);
  const notebook = vscode.workspace.notebookDocuments.find((one) =>
    one.getCells().some((cell) => cell.document === document),
  );
  if (notebook === undefined) return null;
  const cells = notebook
    .getCells()
    .filter((cell) => cell.kind === vscode.NotebookCellKind.Code && cell.document.languageId === "python");
  return new LintedText(
    notebook.uri.toString(),
    cells.map((cell) => cell.document),
  );
}
