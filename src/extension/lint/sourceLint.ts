import * as vscode from "vscode";
import type { LintFinding, LintReport, ModelSummary } from "../../lint/types.ts";
import { isRecord } from "../../protocol/guards.ts";
import { diagnosticOf, unreadDiagnostic } from "./diagnostics.ts";
import { type LintedText, textWith } from "./lintedText.ts";
import { lintSettings } from "./lintSettings.ts";

/** After the last key: long enough not to run between two of them. */
const PAUSE_MILLISECONDS = 180;

export interface PlacedFinding {
  readonly finding: LintFinding;
  readonly diagnostic: vscode.Diagnostic;
  /** Turns offsets of the finding into places. */
  readonly text: LintedText;
}

export interface PlacedModel {
  readonly model: ModelSummary;
  readonly range: vscode.Range;
}

interface State {
  timer: ReturnType<typeof setTimeout> | null;
  /** How often was asked: answers to older questions do not count. */
  asked: number;
  documents: readonly vscode.TextDocument[];
}

/** Keeps the findings of every open Python document as the engine sees them. Nothing is computed here. */
export class SourceLint implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("modescope");
  readonly #states = new Map<string, State>();
  readonly #findings = new Map<string, readonly PlacedFinding[]>();
  readonly #models = new Map<string, readonly PlacedModel[]>();
  /** By the key of the whole text. */
  readonly #read = new Map<string, { readonly text: LintedText; readonly models: readonly ModelSummary[] }>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChanged = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(
    private readonly request: (method: string, params: unknown) => Promise<unknown>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#subscriptions = [
      this.#collection,
      this.#changed,
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document, PAUSE_MILLISECONDS)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("modescope.lint")) this.all();
      }),
    ];
  }

  /** Every open document, anew. */
  all(): void {
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  findings(document: vscode.TextDocument): readonly PlacedFinding[] {
    return this.#findings.get(document.uri.toString()) ?? [];
  }

  models(document: vscode.TextDocument): readonly PlacedModel[] {
    return this.#models.get(document.uri.toString()) ?? [];
  }

  /** The networks of a document or a notebook, by its URI, with the text that they were read from; null where it is not open. */
  read(key: string): { readonly text: LintedText; readonly models: readonly ModelSummary[] } | null {
    const known = this.#read.get(key);
    return known === undefined || known.text.documents.some((document) => document.isClosed) ? null : known;
  }

  dispose(): void {
    for (const { timer } of this.#states.values()) if (timer !== null) clearTimeout(timer);
    for (const one of this.#subscriptions) one.dispose();
  }

  #soon(document: vscode.TextDocument, wait: number): void {
    const key = textWith(document)?.key;
    if (key === undefined) return;
    const state = this.#states.get(key) ?? { timer: null, asked: 0, documents: [] };
    this.#states.set(key, state);
    if (state.timer !== null) clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      state.timer = null;
      // The engine drops what it is still at with an older text of the same document.
      void this.#run(key, document, state);
    }, wait);
  }

  async #run(key: string, document: vscode.TextDocument, state: State): Promise<void> {
    const text = document.isClosed ? null : textWith(document);
    if (text === null) return;
    const settings = lintSettings(document);
    if (settings === null) {
      this.#show(state, text, { findings: [], models: [], laws: [], unread: [], notes: [] });
      return;
    }
    const question = ++state.asked;
    try {
      const answer = await this.request("lint/source", { document: key, text: text.text, settings });
      // An answer about an older text has the wrong places; the newer question is on its way.
      if (question === state.asked && text.current && isReport(answer)) this.#show(state, text, answer);
    } catch (error) {
      if (question !== state.asked) return;
      this.log.warn(
        `The lint of ${document.uri.path} failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #show(state: State, text: LintedText, report: LintReport): void {
    for (const old of state.documents) this.#forget(old.uri);
    state.documents = text.documents;
    this.#read.set(text.key, { text, models: report.models });
    const found = new Map<string, PlacedFinding[]>();
    const models = new Map<string, PlacedModel[]>();
    for (const finding of report.findings) {
      const placed = diagnosticOf(finding, text);
      if (placed !== null) grouped(found, placed.document.uri).push({ finding, diagnostic: placed.diagnostic, text });
    }
    const unread = new Map<string, vscode.Diagnostic[]>();
    for (const part of report.unread) {
      const placed = unreadDiagnostic(part, text);
      if (placed !== null) grouped(unread, placed.document.uri).push(placed.diagnostic);
    }
    for (const model of report.models) {
      const place = text.place(model.from, model.to);
      if (place !== null) grouped(models, place.document.uri).push({ model, range: place.range });
    }
    for (const { uri } of text.documents) {
      const key = uri.toString();
      this.#findings.set(key, found.get(key) ?? []);
      this.#models.set(key, models.get(key) ?? []);
      this.#collection.set(uri, [
        ...(found.get(key) ?? []).map(({ diagnostic }) => diagnostic),
        ...(unread.get(key) ?? []),
      ]);
    }
    this.#changed.fire();
  }

  #closed(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    this.#forget(document.uri);
    for (const [name, { text }] of this.#read) if (text.documents.includes(document)) this.#read.delete(name);
    this.#changed.fire();
    const state = this.#states.get(key);
    if (state === undefined) return;
    if (state.timer !== null) clearTimeout(state.timer);
    this.#states.delete(key);
    void this.request("lint/forget", { document: key }).catch(() => undefined);
  }

  #forget(uri: vscode.Uri): void {
    this.#findings.delete(uri.toString());
    this.#models.delete(uri.toString());
    this.#collection.delete(uri);
  }
}

function grouped<Item>(map: Map<string, Item[]>, uri: vscode.Uri): Item[] {
  const list = map.get(uri.toString()) ?? [];
  map.set(uri.toString(), list);
  return list;
}

function isReport(answer: unknown): answer is LintReport {
  return (
    isRecord(answer) && Array.isArray(answer.findings) && Array.isArray(answer.models) && Array.isArray(answer.unread)
  );
}
