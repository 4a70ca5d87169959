import { CancelledError, isCancelled, ModeScopeError } from "../../src/base/errors.ts";
import type { EngineMethods, StudySnapshot } from "../../src/protocol/contract.ts";
import { ArrivingResult } from "./arrivingResult.ts";
import type { PanelPeer } from "./types.ts";

export interface StudyUpdate {
  readonly fraction: number;
  readonly finished: boolean;
  /** Partial until `finished`. */
  readonly result: unknown;
}

/**
 * Starts a study, hands over what it knows whenever there is news, and resolves when it is through. Aborting the signal cancels it; a failure or a cancel
 * from elsewhere rejects.
 */
export async function followStudy(
  peer: PanelPeer,
  question: Omit<EngineMethods["study/start"]["params"], "readings">,
  onUpdate: (update: StudyUpdate) => void,
  signal: AbortSignal,
): Promise<void> {
  const { run } = await peer.request("study/start", question);
  await followRun(peer, run, onUpdate, signal);
}

/** The same for a study that was started already. One that someone else started goes on where `cancels` is false: aborting only looks away. */
export async function followRun(
  peer: PanelPeer,
  run: string,
  onUpdate: (update: StudyUpdate) => void,
  signal: AbortSignal,
  { cancels = true, progress }: { readonly cancels?: boolean; progress?(fraction: number): void } = {},
): Promise<void> {
  const cancel = () => {
    if (cancels) peer.request("study/cancel", { run }).catch(() => undefined);
  };
  if (signal.aborted) {
    cancel();
    throw new CancelledError();
  }
  await new Promise<void>((resolve, reject) => {
    let since = 0;
    let asking = false;
    let again = false;
    const end = (error?: unknown) => {
      listening.dispose();
      lost.dispose();
      signal.removeEventListener("abort", onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = () => {
      cancel();
      end(new CancelledError());
    };
    const arriving = new ArrivingResult();
    let last: Pick<StudySnapshot, "state" | "fraction"> = { state: "running", fraction: 0 };
    const show = (changed: boolean) => {
      const finished = last.state === "finished" && arriving.complete;
      if ((changed || finished) && arriving.shown)
        onUpdate({ fraction: last.fraction, finished, result: arriving.result });
      if (finished) end();
    };
    const take = (snapshot: StudySnapshot) => {
      const { revision, state, fraction, error } = snapshot;
      since = revision;
      if (state === "failed" && error !== null)
        return end(new ModeScopeError(error.code, error.message, error.details));
      if (state === "cancelled") return end(new CancelledError());
      if (state === "running") progress?.(fraction);
      last = { state, fraction };
      show(arriving.take(snapshot));
    };
    /** A slice of what is missing; false where nothing is. News come before the next one. */
    const fetchSlice = async (): Promise<boolean> => {
      const { next } = arriving;
      if (next === null) return false;
      const { bytes } = await peer.request("study/values", { run, ...next }, signal);
      if (signal.aborted) return false;
      if (bytes !== null) show(arriving.give(next.values, bytes));
      else {
        // It has been replaced, and news of that are here or on their way: with them everything comes anew.
        arriving.lose(next.values);
        since = 0;
      }
      return true;
    };
    const ask = async () => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      do {
        again = false;
        try {
          const snapshot = await peer.request("study/snapshot", { run, since, changes: true }, signal);
          if (!signal.aborted) take(snapshot);
          while (!again && (await fetchSlice()));
        } catch (error) {
          if (!isCancelled(error)) end(error);
        }
      } while (again && !signal.aborted);
      asking = false;
    };
    const listening = peer.on("study/changed", (event) => {
      if (event.run === run) void ask();
    });
    const lost = peer.on("engine/lost", ({ all, reason }) => {
      if (all === true)
        end(
          new ModeScopeError("worker-lost", `The compute process ended: ${reason}.`, {
            remedy: "Ask again: a new one is there.",
          }),
        );
    });
    signal.addEventListener("abort", onAbort, { once: true });
    void ask();
  });
}
