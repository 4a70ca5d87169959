import { CancelledError, isCancelled, ModeScopeError } from "../../src/base/errors.ts";
import type { EngineMethods, StudySnapshot } from "../../src/protocol/contract.ts";
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
    const take = (snapshot: StudySnapshot) => {
      const { revision, state, fraction, error } = snapshot;
      since = revision;
      if (state === "failed" && error !== null)
        return end(new ModeScopeError(error.code, error.message, error.details));
      if (state === "cancelled") return end(new CancelledError());
      if (state === "running") progress?.(fraction);
      if (snapshot.result !== undefined)
        onUpdate({ fraction, finished: state === "finished", result: snapshot.result });
      if (state === "finished") end();
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
          const snapshot = await peer.request("study/snapshot", { run, since }, signal);
          if (!signal.aborted) take(snapshot);
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
