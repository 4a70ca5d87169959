import * as vscode from "vscode";
import { ModeScopeError } from "../../base/errors.ts";
import type { MovePlan } from "../../lint/types.ts";
import type { PanelMethods, CodeNetwork as Shown } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { LintedText } from "./lintedText.ts";
import { editOf, isPlan } from "./moveEdits.ts";
import type { SourceLint } from "./sourceLint.ts";

type Methods = Pick<PanelMethods, "network/get" | "network/plan" | "network/apply" | "network/show">;

export interface CodeServices {
  readonly lint: SourceLint;
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
}

const CHANGED = "The code has changed since. Look at what it says now, and apply again.";

interface Kept {
  readonly id: number;
  readonly text: LintedText;
  readonly plan: MovePlan;
  readonly title: string;
}

/**
 * The network in the code that a panel was opened from. It is found again by its document and its key whenever the code changes. What a panel asks for is
 * planned from the editor's own text, kept here, and applied only while that text stands: a webview names a plan, never an edit.
 */
export class CodeNetwork implements vscode.Disposable {
  readonly handlers: Handlers<Methods>;
  readonly #listening: vscode.Disposable | null;
  #plan: { readonly id: number; readonly text: LintedText; readonly plan: MovePlan; readonly title: string } | null =
    null;
  #plans = 0;

  constructor(begin: unknown, { lint, request }: CodeServices, changed: () => void) {
    const source = sourceOf(begin);
    this.#listening = source === null ? null : lint.onChanged(changed);
    this.handlers = {
      "network/get": () => (source === null ? null : shown(source, lint)),
      "network/plan": async ({ model, version, sigmaW, sigmaB, layers }, signal) => {
        const text = source === null ? null : (lint.read(source.document)?.text ?? null);
        if (text === null || !text.current || text.version !== version) throw stale();
        const plan = await request(
          "lint/move",
          { text: text.text, request: { model, sigmaW, sigmaB, layers } },
          signal,
        );
        if (!isPlan(plan)) throw new ModeScopeError("bad-request", "The plan cannot be read.", {});
        const title = `${String(model)}: σ_w = ${short(sigmaW)}, σ_b = ${short(sigmaB)}`;
        this.#plan = { id: ++this.#plans, text, plan, title };
        const lines = plan.lines.map((one) => ({ ...one, place: placeOf(text, one.line) }));
        return { ...plan, lines, plan: this.#plans };
      },
      "network/apply": async ({ plan: id }) => {
        const kept = this.#plan;
        if (kept === null || kept.id !== id || !kept.text.current) return { applied: false, problem: CHANGED };
        // Asked by the editor itself: what a webview says to have been clicked may not have been.
        const how = await confirmed(kept);
        if (how === undefined) return { applied: false, problem: null };
        const edit = kept.text.current ? editOf(kept.text, kept.plan.edits, how === PREVIEW ? kept.title : null) : null;
        if (edit === null) return { applied: false, problem: CHANGED };
        this.#plan = null;
        return { applied: await vscode.workspace.applyEdit(edit), problem: null };
      },
      "network/show": async () => {
        if (source !== null) await show(source, lint);
        return null;
      },
    };
  }

  dispose(): void {
    this.#listening?.dispose();
  }
}

const APPLY = "Apply";
const PREVIEW = "Choose Changes…";
/** Lines that a dialog shows. */
const MOST_LINES = 12;

async function confirmed({ text, plan, title }: Kept): Promise<string | undefined> {
  const changes = plan.lines.flatMap(({ line, before, after }) => [
    placeOf(text, line),
    ...before.filter((one) => !after.includes(one)).map((one) => `− ${one.trim()}`),
    ...after.filter((one) => !before.includes(one)).map((one) => `+ ${one.trim()}`),
  ]);
  const more = changes.length > MOST_LINES ? [`… and ${changes.length - MOST_LINES} more lines`] : [];
  const along = plan.also.length > 0 ? ["", `Moves along: ${plan.also.join("; ")}.`] : [];
  const detail = [...changes.slice(0, MOST_LINES), ...more, ...along].join("\n");
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(text.key, true));
  return vscode.window.showInformationMessage(`Change ${file}? ${title}.`, { modal: true, detail }, APPLY, PREVIEW);
}

interface Source {
  /** The document's URI, or the notebook's. */
  readonly document: string;
  /** The network's key. */
  readonly model: string;
}

export function sourceOf(begin: unknown): Source | null {
  const source = isRecord(begin) ? begin.source : null;
  return isRecord(source) && typeof source.document === "string" && typeof source.model === "string"
    ? { document: source.document, model: source.model }
    : null;
}

function stale(): ModeScopeError {
  return new ModeScopeError("bad-request", CHANGED, { field: "version" });
}

function shown({ document, model }: Source, lint: SourceLint): Shown {
  const uri = vscode.Uri.parse(document, true);
  const file = vscode.workspace.asRelativePath(uri);
  const read = lint.read(document);
  if (read === null) return { state: "closed", file, version: "", opened: model, networks: [] };
  return { state: "open", file, version: read.text.version, opened: model, networks: read.models };
}

/** "line 12", or "cell 3, line 2" of a notebook, as editors count. */
function placeOf(text: LintedText, line: number): string {
  let offset = 0;
  for (let k = 1; k < line; k++) offset = text.text.indexOf("\n", offset) + 1;
  const at = text.place(offset, offset);
  if (at === null) return `line ${line}`;
  const own = `line ${at.range.start.line + 1}`;
  const notebook = vscode.workspace.notebookDocuments.find((one) =>
    one.getCells().some((cell) => cell.document === at.document),
  );
  const cell = notebook?.getCells().find((one) => one.document === at.document);
  return cell === undefined ? own : `cell ${cell.index + 1}, ${own}`;
}

async function show({ document, model }: Source, lint: SourceLint): Promise<void> {
  const uri = vscode.Uri.parse(document, true);
  if (uri.path.endsWith(".ipynb")) {
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
    return;
  }
  const read = lint.read(document);
  const found = read?.models.find(({ key }) => key === model);
  const place = found === undefined ? null : (read?.text.place(found.from, found.to) ?? null);
  const opened = await vscode.workspace.openTextDocument(uri);
  const column = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === document,
  )?.viewColumn;
  await vscode.window.showTextDocument(opened, {
    viewColumn: column ?? vscode.ViewColumn.Beside,
    ...(place === null ? {} : { selection: place.range }),
  });
}

function short(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(5))) : "?";
}
