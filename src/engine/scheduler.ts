import { CancelledError } from "../base/errors.ts";
import type { TaskResult, WorkerTask } from "./tasks.ts";

/** One piece of work in the queue. Lower `urgency` runs first; equal ones in order of arrival. */
export interface Ticket {
  readonly task: WorkerTask;
  urgency: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: ProgressListener;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Hears 0 when a task starts, then how far it is; of a study also what it knows so far. */
export type ProgressListener = (fraction: number, partial?: unknown) => void;

interface Runner {
  readonly free: boolean;
  /** Whether its memory fits beside what is running. */
  admits(task: WorkerTask): boolean;
  run(task: WorkerTask, signal?: AbortSignal, progress?: ProgressListener): Promise<TaskResult>;
}

/** Single answers (someone waits for a panel) come before rows on screen, and those before the rest. */
export const URGENCY = { asked: 0, visible: 1_000, background: 1_000_000 } as const;

/**
 * The queue before the pool. Linear scans: a queue of 10,000 tickets costs microseconds against tasks of milliseconds,
 * and priorities may change at any time.
 */
export class Scheduler {
  readonly #waiting = new Set<Ticket>();
  /** One listener a signal, not one a ticket: a run of 10,000 tensors has one signal. */
  readonly #bySignal = new WeakMap<AbortSignal, Set<Ticket>>();

  constructor(private readonly runner: () => Runner) {}

  enqueue(
    task: WorkerTask,
    urgency: number,
    signal?: AbortSignal,
    progress: ProgressListener = () => {},
  ): { ticket: Ticket; result: Promise<TaskResult> } {
    let ticket!: Ticket;
    const result = new Promise<TaskResult>((resolve, reject) => {
      ticket = { task, urgency, signal, progress, resolve, reject };
    });
    if (signal?.aborted) {
      ticket.reject(new CancelledError());
    } else {
      this.#waiting.add(ticket);
      if (signal !== undefined) this.#watch(signal, ticket);
      this.pump();
    }
    return { ticket, result };
  }

  pump(): void {
    const runner = this.runner();
    while (runner.free) {
      const next = this.#next();
      // The most urgent one waits for memory, and all others behind it: smaller ones that slip past could keep it waiting for ever.
      if (next === null || !runner.admits(next.task)) return;
      this.#forget(next);
      runner.run(next.task, next.signal, next.progress).then(next.resolve, next.reject);
    }
  }

  #watch(signal: AbortSignal, ticket: Ticket): void {
    const known = this.#bySignal.get(signal);
    if (known !== undefined) {
      known.add(ticket);
      return;
    }
    const tickets = new Set([ticket]);
    this.#bySignal.set(signal, tickets);
    signal.addEventListener(
      "abort",
      () => {
        for (const waiting of tickets) if (this.#waiting.delete(waiting)) waiting.reject(new CancelledError());
        tickets.clear();
      },
      { once: true },
    );
  }

  #forget(ticket: Ticket): void {
    this.#waiting.delete(ticket);
    if (ticket.signal !== undefined) this.#bySignal.get(ticket.signal)?.delete(ticket);
  }

  #next(): Ticket | null {
    let best: Ticket | null = null;
    for (const ticket of this.#waiting) if (best === null || ticket.urgency < best.urgency) best = ticket;
    return best;
  }
}
