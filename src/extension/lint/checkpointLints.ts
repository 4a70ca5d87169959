import * as vscode from "vscode";
import { isCancelled } from "../../base/errors.ts";
import type { TensorReading } from "../../base/tensor.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { CheckpointLintResult } from "../../studies/checkpoint-lint/types.ts";
import type { CodeLinks } from "../codeLinks/codeLinks.ts";
import type { EngineClient } from "../engineClient.ts";
import { watchFile } from "../files/watchFile.ts";
import { panelSettings } from "../settings.ts";
import { followStudy } from "../studies/followStudy.ts";
import { diagnosticsOf } from "./checkpointDiagnostics.ts";
import type { CheckpointSources } from "./checkpointSources.ts";
import { checkpointLintSettings } from "./lintSettings.ts";
import { NewestRun, type Outcome } from "./newestRun.ts";

/** Sources are saved and settings changed several at a time. */
const PAUSE_MILLISECONDS = 600;
/** Larger spectra are the table's work: the lint takes what is kept of them. */
const COMPUTE_BELOW = 128;

interface State {
  readonly uri: vscode.Uri;
  readonly holders: Set<() => void>;
  /** A command asked for it: its findings stay when its last panel closes. */
  kept: boolean;
  readonly watcher: vscode.Disposable;
  readonly newest: NewestRun<CheckpointLintResult>;
  /** Sources with a finding of this checkpoint. */
  sources: readonly string[];
}

export interface LintHold extends vscode.Disposable {
  /** The run to follow; null where the settings turn the lint off. `anew`: not the one that is under way or through. */
  start(anew: boolean): Promise<string | null>;
}

/**
 * The lint of checkpoints that are open or were asked for: one run each, in a worker, whose findings stand in the Problems panel and whose results panels
 * follow. Run again when the file, a source or a setting changes; gone when the file is, or its last panel.
 */
export class CheckpointLints implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("modescope-checkpoints");
  readonly #states = new Map<string, State>();
  /** Findings on sources, by source and then by the checkpoint that they come from. */
  readonly #onSources = new Map<string, Map<string, readonly vscode.Diagnostic[]>>();
  readonly #sourceCollection = vscode.languages.createDiagnosticCollection("modescope-sources");
  readonly #subscriptions: vscode.Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly codeLinks: CodeLinks,
    readonly sources: CheckpointSources,
    private readonly readings: () => readonly TensorReading[],
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#subscriptions = [
      this.#collection,
      this.#sourceCollection,
      vscode.workspace.onDidSaveTextDocument(({ languageId }) => {
        if (languageId === "python") this.#soon();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("modescope.lint") || event.affectsConfiguration("modescope.tensors.overrides"))
          this.#soon();
      }),
    ];
  }

  /** For a panel: `changed` says that another run is to be followed. */
  hold(uri: vscode.Uri, changed: () => void): LintHold {
    const key = uri.toString();
    return {
      start: async (anew) => {
        const state = this.#state(uri);
        state.holders.add(changed);
        return anew ? state.newest.begin() : (state.newest.beginning ?? state.newest.begin());
      },
      dispose: () => {
        const state = this.#states.get(key);
        if (state === undefined) return;
        state.holders.delete(changed);
        if (state.holders.size === 0 && !state.kept) this.#drop(state);
      },
    };
  }

  /** For a command, of the file as it is when the answer comes. Aborting cancels it; a failure is thrown. */
  async lint(uri: vscode.Uri, signal: AbortSignal): Promise<Outcome<CheckpointLintResult>> {
    const state = this.#state(uri);
    state.kept = true;
    return state.newest.ask(signal, () => {
      for (const changed of state.holders) changed();
    });
  }

  /** Findings that commands asked for go; those of open panels stay. */
  clear(): void {
    for (const state of [...this.#states.values()]) {
      state.kept = false;
      if (state.holders.size === 0) this.#drop(state);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const state of [...this.#states.values()]) this.#drop(state);
    for (const one of this.#subscriptions) one.dispose();
  }

  #state(uri: vscode.Uri): State {
    const known = this.#states.get(uri.toString());
    if (known !== undefined) return known;
    const state: State = {
      uri,
      holders: new Set(),
      kept: false,
      // Panels keep the version that they opened; the Problems panel is about the file as it is.
      watcher: watchFile(uri, (change) => {
        if (change === "deleted") this.#gone(state);
        else state.newest.begin().catch((error: unknown) => this.log.warn(String(error)));
      }),
      newest: new NewestRun<CheckpointLintResult>({
        start: (newest) => this.#start(state, newest),
        follow: (run, stop) => this.#follow(run, stop),
        cancel: (run) => void this.engine.request("study/cancel", { run }).catch(() => undefined),
        finished: (result, newest) => this.#publish(state, result, newest),
        failed: (error) => {
          // What was found is of a version that is there no more.
          this.#clear(state);
          const words = error instanceof Error ? error.message : String(error);
          this.log.warn(`The lint of ${state.uri.path} failed: ${words}`);
        },
      }),
      sources: [],
    };
    this.#states.set(uri.toString(), state);
    return state;
  }

  async #start(state: State, newest: () => boolean): Promise<string | null> {
    const settings = checkpointLintSettings(state.uri);
    if (settings === null) {
      this.#clear(state);
      return null;
    }
    const sources = await this.sources.of(state.uri, settings).catch(() => []);
    const { exactSpectrumLimit } = panelSettings();
    if (!newest()) return null;
    const answer = await this.engine.request("study/start", {
      study: "checkpoint-lint",
      files: [{ role: "checkpoint", uri: state.uri.toString() }],
      parameters: { settings, sources, exactLimit: exactSpectrumLimit, computeBelow: COMPUTE_BELOW },
      readings: this.readings(),
    });
    return isRecord(answer) ? String(answer.run) : null;
  }

  async #follow(run: string, signal: AbortSignal): Promise<CheckpointLintResult | null> {
    try {
      const answer = await followStudy(this.engine, run, () => undefined, signal);
      return isResult(answer) ? answer : null;
    } catch (error) {
      if (isCancelled(error)) return null;
      throw error;
    }
  }

  async #publish(state: State, result: CheckpointLintResult, newest: () => boolean): Promise<void> {
    const found = await diagnosticsOf(state.uri, result, this.codeLinks, this.sources);
    // Gone, or asked again, while lines of code were looked for.
    if (!newest()) return;
    this.#clear(state);
    this.#collection.set(state.uri, [...found.checkpoint]);
    state.sources = [...found.sources.keys()];
    for (const [source, diagnostics] of found.sources) {
      const of = this.#onSources.get(source) ?? new Map<string, readonly vscode.Diagnostic[]>();
      of.set(state.uri.toString(), diagnostics);
      this.#onSources.set(source, of);
      this.#showSource(source);
    }
  }

  #showSource(source: string): void {
    const of = this.#onSources.get(source);
    this.#sourceCollection.set(vscode.Uri.parse(source, true), [...(of?.values() ?? [])].flat());
  }

  #clear(state: State): void {
    this.#collection.delete(state.uri);
    for (const source of state.sources) {
      this.#onSources.get(source)?.delete(state.uri.toString());
      this.#showSource(source);
    }
    state.sources = [];
  }

  /** The file is gone; an open panel keeps the place, for it may come back. */
  #gone(state: State): void {
    state.kept = false;
    if (state.holders.size === 0) this.#drop(state);
    else {
      state.newest.stop();
      this.#clear(state);
    }
  }

  #drop(state: State): void {
    state.newest.stop();
    state.watcher.dispose();
    this.#clear(state);
    this.#states.delete(state.uri.toString());
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const state of this.#states.values())
        state.newest.begin().then(
          () => {
            for (const changed of state.holders) changed();
          },
          (error: unknown) => this.log.warn(String(error)),
        );
    }, PAUSE_MILLISECONDS);
  }
}

function isResult(answer: unknown): answer is CheckpointLintResult {
  return isRecord(answer) && Array.isArray(answer.findings) && Array.isArray(answer.weights);
}
