import * as vscode from "vscode";
import { isRecord } from "../protocol/guards.ts";
import { RunNotices } from "./runNotices.ts";

interface RunFacts {
  readonly uri: vscode.Uri;
  readonly analysis: string;
  state: string;
  done: number;
  total: number;
}

/** What the tests may ask: how far the panel of a checkpoint is. */
export interface PanelState {
  readonly rows: number;
  readonly done: number;
  readonly total: number;
  readonly state: "opening" | "running" | "finished" | "cancelled";
}

/** Follows the runs of all panels: the status bar item with its cancel, and the state that integration tests read. */
export class RunStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("modescope.runs", vscode.StatusBarAlignment.Left, 10);
  readonly #runs = new Map<string, RunFacts>();
  readonly #rows = new Map<string, number>();
  readonly #notices = new RunNotices();

  constructor(private readonly cancelRun: (run: string) => void) {
    this.#item.name = "ModeScope";
    this.#item.command = "modescope.cancelRuns";
  }

  cancelAll(): void {
    this.#cancel(() => true);
  }

  #cancel(which: (facts: RunFacts) => boolean): void {
    for (const [run, facts] of this.#runs) if (facts.state === "running" && which(facts)) this.cancelRun(run);
  }

  /** An answer that a panel got. */
  observe(uri: vscode.Uri, method: string, params: unknown, result: unknown): void {
    if (!isRecord(result)) return;
    if (method === "checkpoint/open" && isRecord(result.totals))
      this.#rows.set(uri.toString(), Number(result.totals.tensors));
    if (method === "run/start" && isRecord(params) && typeof result.run === "string") {
      this.#runs.set(result.run, {
        uri,
        analysis: String(params.analysis),
        state: "running",
        done: 0,
        total: Number(result.total),
      });
      this.#show();
    }
    if (method === "run/snapshot") this.#update(result);
  }

  event(event: string, data: unknown): void {
    if (event === "run/changed" && isRecord(data)) this.#update(data);
    // One worker's end costs one task; its run goes on. Only the end of the whole process ends them all.
    if (event === "engine/lost" && isRecord(data) && data.all === true) {
      for (const facts of this.#runs.values()) if (facts.state === "running") facts.state = "cancelled";
      this.#show();
    }
  }

  panelState(uri: vscode.Uri): PanelState {
    const runs = [...this.#runs.values()].filter((facts) => facts.uri.toString() === uri.toString());
    const state =
      runs.length === 0
        ? "opening"
        : ((["running", "cancelled"] as const).find((one) => runs.some((facts) => facts.state === one)) ?? "finished");
    return {
      rows: this.#rows.get(uri.toString()) ?? 0,
      done: runs.reduce((sum, facts) => sum + facts.done, 0),
      total: runs.reduce((sum, facts) => sum + facts.total, 0),
      state,
    };
  }

  dispose(): void {
    this.#notices.dispose();
    this.#item.dispose();
  }

  #update(data: Record<string, unknown>): void {
    const facts = this.#runs.get(String(data.run));
    if (facts === undefined) return;
    facts.state = String(data.state);
    facts.done = Number(data.done);
    this.#show();
  }

  #show(): void {
    const running = [...this.#runs.values()].filter((facts) => facts.state === "running");
    this.#notices.show(
      running.map((facts) => ({
        uri: facts.uri,
        message: `${facts.analysis} ${facts.done} of ${facts.total}`,
        cancel: () => this.#cancel(({ uri }) => uri.toString() === facts.uri.toString()),
      })),
    );
    if (running.length === 0) {
      this.#item.hide();
      return;
    }
    const done = running.reduce((sum, facts) => sum + facts.done, 0);
    const total = running.reduce((sum, facts) => sum + facts.total, 0);
    this.#item.text = `$(sync~spin) ModeScope ${done}/${total}`;
    this.#item.tooltip = `${running.map((facts) => `${facts.analysis}: ${facts.done} of ${facts.total}`).join("\n")}\nClick to cancel.`;
    this.#item.accessibilityInformation = {
      label: `ModeScope, ${done} of ${total} done. Click to cancel.`,
      role: "button",
    };
    this.#item.show();
  }
}
