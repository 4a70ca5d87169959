import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { CheckpointLintResult } from "../../../src/studies/checkpoint-lint/types.ts";
import { followRun } from "../../shell/study.ts";
import type { PanelPeer } from "../../shell/types.ts";
import type { OverviewModel } from "./model.ts";

export type LintState =
  /** Not asked yet: its line is there already, so that nothing moves when it comes. */
  | { readonly kind: "waiting" }
  /** The settings say so. */
  | { readonly kind: "off" }
  /** There is no lint here: an older host, or a report. */
  | { readonly kind: "none" }
  | { readonly kind: "running"; readonly fraction: number }
  | { readonly kind: "done" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly message: string };

/** Follows the lint that the editor runs on this checkpoint, and brings what it says into the model. */
export class OverviewLint implements Disposable {
  readonly #store = new DisposableStore();
  #state: LintState = { kind: "waiting" };
  #follow: AbortController | null = null;
  /** The run that is followed: to cancel it is another matter than to look away. */
  #run: string | null = null;

  constructor(
    private readonly peer: PanelPeer,
    private readonly model: OverviewModel,
    private readonly changed: () => void,
  ) {
    this.#store.add(peer.on("lint/changed", () => void this.start(false)));
  }

  get state(): LintState {
    return this.#state;
  }

  /** Asks for the run and follows it; `anew`: more is known now than when it ran. */
  async start(anew: boolean): Promise<void> {
    this.#follow?.abort();
    const follow = new AbortController();
    this.#follow = follow;
    try {
      const { run } = await this.peer.request("lint/start", { anew }, follow.signal);
      if (follow.signal.aborted) return;
      this.#run = run;
      if (run === null) return this.#set({ kind: "off" });
      // What a lint said before stands until the new one says something.
      if (this.model.lint === null || anew === false) this.#set({ kind: "running", fraction: 0 });
      await followRun(
        this.peer,
        run,
        ({ fraction, finished, result }) => {
          // The host's own study by that id: its result.
          if (finished || this.model.lint === null || !anew) this.model.applyLint(result as CheckpointLintResult);
          this.#set(finished ? { kind: "done" } : { kind: "running", fraction });
        },
        follow.signal,
        { cancels: false, progress: (fraction) => this.#set({ kind: "running", fraction }) },
      );
    } catch (error) {
      if (follow.signal.aborted || this.#follow !== follow) return;
      if (isCancelled(error)) return this.#set({ kind: "cancelled" });
      // An older host knows no lint; a report has recorded none.
      if (this.#run === null) return this.#set({ kind: "none" });
      this.#set({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    }
  }

  cancel(): void {
    if (this.#run !== null) this.peer.request("study/cancel", { run: this.#run }).catch(() => undefined);
  }

  dispose(): void {
    this.#follow?.abort();
    this.#follow = null;
    this.#store.dispose();
  }

  #set(state: LintState): void {
    this.#state = state;
    this.changed();
  }
}
