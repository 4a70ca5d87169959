import { CancelledError, isCancelled, ModeScopeError } from "../../base/errors.ts";
import type { StudySnapshot } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { EngineClient } from "../engineClient.ts";

/** Follows a study that was started until it is through: its result. Aborting cancels it; a cancel from anywhere and a failure are thrown. */
export async function followStudy(
  engine: EngineClient,
  run: string,
  onUpdate: (snapshot: StudySnapshot) => void,
  signal: AbortSignal,
): Promise<unknown> {
  let wake = () => {};
  const listening = engine.onEvent(({ event, data }) => {
    const mine = event === "study/changed" && isRecord(data) && data.run === run;
    if (mine || event === "engine/lost") wake();
  });
  const onAbort = () => {
    engine.request("study/cancel", { run }).catch(() => undefined);
    wake();
  };
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    for (let since = 0; ; ) {
      const news = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (signal.aborted) throw new CancelledError();
      const snapshot = (await engine.request("study/snapshot", { run, since })) as StudySnapshot;
      since = snapshot.revision;
      onUpdate(snapshot);
      if (snapshot.state === "finished") return snapshot.result;
      if (snapshot.state === "cancelled") throw new CancelledError();
      if (snapshot.error !== null)
        throw new ModeScopeError(snapshot.error.code, snapshot.error.message, snapshot.error.details);
      await news;
    }
  } catch (error) {
    if (isCancelled(error)) throw new CancelledError();
    throw error;
  } finally {
    listening.dispose();
    signal.removeEventListener("abort", onAbort);
  }
}
