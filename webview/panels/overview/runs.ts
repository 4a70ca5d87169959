import type { ParameterValues, TargetRef } from "../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { RunState } from "../../../src/protocol/contract.ts";
import type { PanelPeer } from "../../shell/types.ts";
import type { OverviewAnalysis, OverviewModel } from "./model.ts";

/** Snapshots are asked for at most this often; the table would not repaint faster anyway. */
const SNAPSHOT_MILLISECONDS = 100;
/** Hidden webviews lose events: ask anyway now and then while something runs. */
const FALLBACK_MILLISECONDS = 2000;

export interface RunProgress {
  readonly analysis: OverviewAnalysis;
  readonly state: RunState | "starting" | "idle";
  readonly done: number;
  readonly total: number;
}

/** What is done one after the other: large spectra are sketched first, so that every row has a picture soon. */
const STEPS = ["statistics", "sketch", "spectrum", "travel"] as const;
type Step = (typeof STEPS)[number];

const ANALYSIS_OF: Readonly<Record<Step, OverviewAnalysis>> = {
  statistics: "statistics",
  sketch: "spectrum",
  spectrum: "spectrum",
  travel: "travel",
};

/** Above this smaller dimension an exact spectrum takes long enough for a sketch to be worth its while. */
const SKETCH_ABOVE = 512;

interface ActiveRun {
  readonly step: Step;
  readonly analysis: OverviewAnalysis;
  readonly run: string;
  revision: number;
}

/** Runs the overview's analyses one after the other and brings their outcomes into the model. */
export class OverviewRuns implements Disposable {
  readonly #store = new DisposableStore();
  readonly #stop = new AbortController();
  #active: ActiveRun | null = null;
  #progress: RunProgress = { analysis: "statistics", state: "idle", done: 0, total: 0 };
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastAsked = Number.NEGATIVE_INFINITY;
  #asking = false;
  #again = false;
  #prioritized: readonly TargetRef[] = [];
  #cancelWanted = false;

  constructor(
    private readonly peer: PanelPeer,
    private readonly checkpoint: string,
    private readonly model: OverviewModel,
    private readonly parameters: Readonly<Record<OverviewAnalysis, ParameterValues>>,
    /** Handle of the checkpoint that training started from, where there is one. */
    private readonly reference: string | null,
    private readonly listener: {
      changed(): void;
      failed(error: unknown): void;
      /** All targets have been asked; of spectra the sketches are not told apart. */
      through(analysis: OverviewAnalysis): void;
    },
  ) {
    this.#store.add(
      peer.on("run/changed", ({ run }) => {
        if (run === this.#active?.run) this.#schedule();
      }),
    );
    const onVisible = () => {
      if (document.visibilityState === "visible") this.#schedule();
    };
    document.addEventListener("visibilitychange", onVisible);
    this.#store.add({ dispose: () => document.removeEventListener("visibilitychange", onVisible) });
    const fallback = setInterval(() => this.#schedule(), FALLBACK_MILLISECONDS);
    this.#store.add({ dispose: () => clearInterval(fallback) });
  }

  get progress(): RunProgress {
    return this.#progress;
  }

  get isRunning(): boolean {
    return this.#progress.state === "running" || this.#progress.state === "starting";
  }

  /** Starts the first analysis that has targets left; also resumes after a cancel. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    this.#cancelWanted = false;
    for (const step of STEPS) {
      const waiting = this.#waiting(step);
      if (waiting.length === 0) continue;
      await this.#start(step, waiting);
      return;
    }
    this.#set({ ...this.#progress, state: "finished" });
  }

  #waiting(step: Step): readonly TargetRef[] {
    const open = this.model.waiting(ANALYSIS_OF[step]);
    return step === "spectrum" ? [...open, ...this.model.sketched()] : open;
  }

  async #start(step: Step, waiting: readonly TargetRef[]): Promise<void> {
    const analysis = ANALYSIS_OF[step];
    const before = this.model.leafCount - waiting.length;
    this.#set({ analysis, state: "starting", done: before, total: this.model.leafCount });
    try {
      const { run } = await this.peer.request(
        "run/start",
        {
          checkpoint: this.checkpoint,
          analysis,
          targets: before === 0 ? "all" : waiting,
          parameters: { ...this.parameters[analysis], ...(step === "sketch" ? { sketchAbove: SKETCH_ABOVE } : {}) },
          ...(step === "travel" && this.reference !== null ? { reference: this.reference } : {}),
        },
        this.#stop.signal,
      );
      this.#active = { step, analysis, run, revision: 0 };
      if (this.#cancelWanted) return void this.cancel();
      this.#set({ ...this.#progress, state: "running" });
      if (this.#prioritized.length > 0) this.prioritize(this.#prioritized);
      this.#schedule();
    } catch (error) {
      this.#fail(error);
    }
  }

  prioritize(targets: readonly TargetRef[]): void {
    this.#prioritized = targets;
    if (this.#active === null || targets.length === 0) return;
    // A run that has just ended cannot be reordered; that is no error for anyone.
    this.peer.request("run/prioritize", { run: this.#active.run, targets }).catch(() => {});
  }

  cancel(): void {
    this.#cancelWanted = true;
    if (this.#active === null) return;
    this.peer.request("run/cancel", { run: this.#active.run }).then(
      () => this.#schedule(),
      (error: unknown) => this.#fail(error),
    );
  }

  dispose(): void {
    if (this.#active !== null && this.isRunning) {
      this.peer.request("run/cancel", { run: this.#active.run }).catch(() => {});
    }
    this.#stop.abort();
    this.#store.dispose();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#active = null;
  }

  #schedule(): void {
    if (this.#active === null || this.#timer !== null) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    const wait = Math.max(0, this.#lastAsked + SNAPSHOT_MILLISECONDS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#ask();
    }, wait);
  }

  async #ask(): Promise<void> {
    const active = this.#active;
    if (active === null) return;
    this.#asking = true;
    this.#lastAsked = performance.now();
    try {
      const snapshot = await this.peer.request(
        "run/snapshot",
        { run: active.run, since: active.revision },
        this.#stop.signal,
      );
      if (this.#active !== active) return;
      active.revision = snapshot.revision;
      this.model.apply(active.analysis, snapshot.outcomes);
      const { leafCount } = this.model;
      const done = snapshot.state === "finished" ? leafCount : leafCount - snapshot.total + snapshot.done;
      if (snapshot.state !== "running") this.#active = null;
      this.#set({ analysis: active.analysis, state: snapshot.state, done, total: leafCount });
      if (snapshot.state === "finished") this.listener.through(active.analysis);
      if (snapshot.state === "finished" && !this.#cancelWanted) await this.#next(active.step);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        this.#schedule();
      }
    }
  }

  /** Only forward: an analysis whose run has finished is not started again for what it left open. */
  async #next(finished: Step): Promise<void> {
    for (const step of STEPS.slice(STEPS.indexOf(finished) + 1)) {
      // What the sketch's own run left open has failed there, and would fail again.
      const waiting = finished === "sketch" && step === "spectrum" ? this.model.sketched() : this.#waiting(step);
      if (waiting.length > 0) return this.#start(step, waiting);
    }
  }

  #set(progress: RunProgress): void {
    this.#progress = progress;
    this.listener.changed();
  }

  #fail(error: unknown): void {
    this.#active = null;
    if (isCancelled(error) || this.#stop.signal.aborted) return;
    this.#set({ ...this.#progress, state: "cancelled" });
    this.listener.failed(error);
  }
}
