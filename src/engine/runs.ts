import type { Analysis, NotApplicable, TargetRef } from "../analysis/types.ts";
import { isCancelled, serializeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Outcome, RunSnapshot, RunState, TargetOutcome } from "../protocol/contract.ts";
import { type ProgressListener, URGENCY } from "./scheduler.ts";
import type { Opened } from "./session.ts";
import { tensorOf } from "./session.ts";
import { targetKey } from "./targets.ts";
import type { TaskResult } from "./tasks.ts";

/** How a run gets one answer: from the cache or a worker, at an urgency that may be changed while it waits. */
export type Answer = (
  target: TargetRef,
  urgency: number,
  signal: AbortSignal,
  progress?: ProgressListener,
) => {
  readonly setUrgency: (urgency: number) => void;
  readonly result: Promise<Omit<TaskResult, "valuesHash"> & { milliseconds: number }>;
};

/** "Changed, ask again" at most this often: a thousand cached rows must not become a thousand messages. */
const CHANGED_EVERY_MILLISECONDS = 50;

interface Waiting {
  readonly target: TargetRef;
  /** Its place in the queue while it is not on screen. */
  readonly background: number;
  readonly setUrgency: (urgency: number) => void;
  readonly abort: AbortController;
}

/** One analysis over many targets: outcomes in the order in which they came, asked for by revision. */
export class Run {
  readonly total: number;
  #state: RunState = "running";
  readonly #outcomes: TargetOutcome[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #active = new Map<string, { target: TargetRef; fraction: number }>();
  #visible: readonly Waiting[] = [];
  #told = false;

  constructor(
    readonly id: string,
    readonly checkpoint: string,
    targets: readonly TargetRef[],
    analysis: Analysis,
    opened: Opened,
    answer: Answer,
    /** Why a target cannot be asked about beyond what the analysis itself says; null if nothing speaks against it. */
    unfit: (tensor: DescribedTensor) => NotApplicable | null,
    private readonly changed: (run: Run) => void,
  ) {
    this.total = targets.length;
    for (const [index, target] of targets.entries()) {
      const tensor = tensorOf(opened, target.tensor);
      const refusal = analysis.applies(tensor, target) ?? unfit(tensor);
      if (refusal !== null) {
        this.#outcomes.push({ target, outcome: { kind: "not-applicable", reason: refusal.reason } });
        continue;
      }
      const background = URGENCY.background + index;
      const key = targetKey(target);
      // One for each target: ten thousand listeners on a single signal would be scanned at every removal.
      const abort = new AbortController();
      const { setUrgency, result } = answer(target, background, abort.signal, (fraction) => {
        this.#active.set(key, { target, fraction });
        this.#tell();
      });
      this.#waiting.set(key, { target, background, setUrgency, abort });
      result.then(
        ({ result: value, fromCache, milliseconds }) =>
          this.#add(target, { kind: "done", result: value, fromCache, milliseconds }),
        (error) => this.#add(target, isCancelled(error) ? null : { kind: "failed", error: serializeError(error) }),
      );
    }
    this.#finishIfDone();
  }

  get state(): RunState {
    return this.#state;
  }
  get revision(): number {
    return this.#outcomes.length;
  }

  snapshot(since: number): RunSnapshot {
    return {
      run: this.id,
      revision: this.revision,
      state: this.#state,
      done: this.#outcomes.length,
      total: this.total,
      outcomes: this.#outcomes.slice(since),
      active: [...this.#active.values()],
    };
  }

  /** These first, in this order; what was on screen before and is no longer goes back to its old place. */
  prioritize(targets: readonly TargetRef[]): void {
    for (const { background, setUrgency } of this.#visible) setUrgency(background);
    this.#visible = targets.flatMap((target) => this.#waiting.get(targetKey(target)) ?? []);
    for (const [index, { setUrgency }] of this.#visible.entries()) setUrgency(URGENCY.visible + index);
  }

  cancel(): void {
    if (this.#state !== "running") return;
    this.#state = "cancelled";
    this.#active.clear();
    for (const { abort } of this.#waiting.values()) abort.abort();
    this.changed(this);
  }

  #add(target: TargetRef, outcome: Outcome | null): void {
    const key = targetKey(target);
    this.#waiting.delete(key);
    this.#active.delete(key);
    if (outcome === null || this.#state === "cancelled") return;
    this.#outcomes.push({ target, outcome });
    this.#finishIfDone();
    if (this.#state === "running") this.#tell();
    else this.changed(this);
  }

  /** Soon, and once for everything that happens until then. */
  #tell(): void {
    if (this.#told || this.#state !== "running") return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      if (this.#state === "running") this.changed(this);
    }, CHANGED_EVERY_MILLISECONDS);
  }

  #finishIfDone(): void {
    if (this.#state === "running" && this.#outcomes.length === this.total) this.#state = "finished";
  }
}
