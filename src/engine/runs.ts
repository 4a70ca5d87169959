import type { Analysis, TargetRef } from "../analysis/types.ts";
import { isCancelled, serializeError } from "../base/errors.ts";
import type { Outcome, RunSnapshot, RunState, TargetOutcome } from "../protocol/contract.ts";
import { URGENCY } from "./scheduler.ts";
import type { Opened } from "./session.ts";
import { tensorOf } from "./session.ts";
import { targetKey } from "./targets.ts";
import type { TaskResult } from "./tasks.ts";

/** How a run gets one answer: from the cache or a worker, at an urgency that may be changed while it waits. */
export type Answer = (
  target: TargetRef,
  urgency: number,
  signal: AbortSignal,
) => {
  readonly setUrgency: (urgency: number) => void;
  readonly result: Promise<TaskResult & { milliseconds: number }>;
};

/** One analysis over many targets: outcomes in the order in which they came, asked for by revision. */
export class Run {
  readonly total: number;
  #state: RunState = "running";
  readonly #outcomes: TargetOutcome[] = [];
  readonly #waiting = new Map<string, (urgency: number) => void>();
  readonly #abort = new AbortController();

  constructor(
    readonly id: string,
    readonly checkpoint: string,
    targets: readonly TargetRef[],
    analysis: Analysis,
    opened: Opened,
    answer: Answer,
    private readonly changed: (run: Run) => void,
  ) {
    this.total = targets.length;
    for (const [index, target] of targets.entries()) {
      const refusal = analysis.applies(tensorOf(opened, target.tensor), target);
      if (refusal !== null) {
        this.#outcomes.push({ target, outcome: { kind: "not-applicable", reason: refusal.reason } });
        continue;
      }
      const { setUrgency, result } = answer(target, URGENCY.background + index, this.#abort.signal);
      this.#waiting.set(targetKey(target), setUrgency);
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
    };
  }

  prioritize(targets: readonly TargetRef[]): void {
    for (const [index, target] of targets.entries()) this.#waiting.get(targetKey(target))?.(URGENCY.visible + index);
  }

  cancel(): void {
    if (this.#state !== "running") return;
    this.#state = "cancelled";
    this.#abort.abort();
    this.changed(this);
  }

  #add(target: TargetRef, outcome: Outcome | null): void {
    this.#waiting.delete(targetKey(target));
    if (outcome === null || this.#state === "cancelled") return;
    this.#outcomes.push({ target, outcome });
    this.#finishIfDone();
    this.changed(this);
  }

  #finishIfDone(): void {
    if (this.#state === "running" && this.#outcomes.length === this.total) this.#state = "finished";
  }
}
