/** What starts and follows runs for `NewestRun`. */
export interface RunHost<Result> {
  /** Starts a run. `newest` is asked before anything that costs: is this start still the one that counts? Null: there is nothing to run. */
  start(newest: () => boolean): Promise<string | null>;
  /** Until it is through; null where it was cancelled. Rejects where it failed. */
  follow(run: string, signal: AbortSignal): Promise<Result | null>;
  cancel(run: string): void;
  /** Of the newest alone; `newest` says whether it still is, where it takes time to tell of it. */
  finished(result: Result, newest: () => boolean): Promise<void>;
  failed(error: unknown): void;
}

/** What became of a question: its result, or why there is none. */
export type Outcome<Result> =
  | { readonly kind: "result"; readonly result: Result }
  /** There was nothing to run. */
  | { readonly kind: "off" }
  /** Cancelled by a person, here or elsewhere. */
  | { readonly kind: "cancelled" }
  /** What was asked about is no longer there. */
  | { readonly kind: "gone" };

interface Run<Result> {
  readonly id: string;
  readonly result: Promise<Result | null>;
  stop(): void;
}

/** The newest of several runs about one thing: a later start ends the earlier, and whoever waits is answered by the newest. */
export class NewestRun<Result> {
  #run: Run<Result> | null = null;
  #beginning: Promise<string | null> | null = null;

  constructor(private readonly host: RunHost<Result>) {}

  /** The newest start, under way or through: its run. Null where none is to be followed. */
  get beginning(): Promise<string | null> | null {
    return this.#beginning;
  }

  begin(): Promise<string | null> {
    this.stop();
    const beginning: Promise<string | null> = this.#start(() => this.#beginning === beginning);
    this.#beginning = beginning;
    // Whoever asked hears of a failure; the next question starts another.
    beginning.catch(() => {
      if (this.#beginning === beginning) this.#beginning = null;
    });
    return beginning;
  }

  /** Begins, and waits for the newest run: this one, or one that has taken its place. Aborting cancels it. */
  async ask(signal: AbortSignal, started: () => void): Promise<Outcome<Result>> {
    let answer = this.begin();
    for (;;) {
      if ((await answer) === null) return this.#beginning === null ? { kind: "gone" } : { kind: "off" };
      const run = this.#run;
      if (run === null) return { kind: "gone" };
      const stop = () => run.stop();
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      started();
      const settled = await run.result.then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      signal.removeEventListener("abort", stop);
      const newer = this.#run !== run;
      if (!newer || signal.aborted) {
        if ("error" in settled) throw settled.error;
        return settled.result === null ? { kind: "cancelled" } : { kind: "result", result: settled.result };
      }
      // What is known of an older version is no answer, not even that it could not be read.
      if (this.#beginning === null) return { kind: "gone" };
      answer = this.#beginning;
    }
  }

  /** Nothing is to be followed any more. */
  stop(): void {
    this.#run?.stop();
    this.#run = null;
    this.#beginning = null;
  }

  async #start(newest: () => boolean): Promise<string | null> {
    const id = await this.host.start(newest);
    if (!newest()) {
      if (id !== null) this.host.cancel(id);
      return this.#beginning;
    }
    if (id === null) return null;
    const stop = new AbortController();
    const run: Run<Result> = { id, stop: () => stop.abort(), result: this.#follow(id, stop.signal) };
    // Where nobody waits for it a failure stands in the log.
    run.result.catch(() => undefined);
    this.#run = run;
    return id;
  }

  async #follow(id: string, signal: AbortSignal): Promise<Result | null> {
    const mine = () => this.#run?.id === id;
    try {
      const result = await this.host.follow(id, signal);
      if (result !== null && mine()) await this.host.finished(result, mine);
      return result;
    } catch (error) {
      if (mine()) this.host.failed(error);
      throw error;
    }
  }
}
