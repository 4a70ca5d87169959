import * as vscode from "vscode";
import { isCancelled, ModeScopeError } from "../../base/errors.ts";
import type { EngineMethods, StudySnapshot } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { EngineClient } from "../engineClient.ts";

/** Asks a study for a command that has no panel: progress and Cancel in a notification. Undefined where it was cancelled; a failure is thrown. */
export async function askStudy(
  engine: EngineClient,
  question: EngineMethods["study/start"]["params"],
  title: string,
): Promise<unknown> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const { run } = (await engine.request("study/start", question)) as { run: string };
    let wake = () => {};
    const listening = engine.onEvent(({ event, data }) => {
      const mine = event === "study/changed" && isRecord(data) && data.run === run;
      if (mine || event === "engine/lost") wake();
    });
    const cancelling = token.onCancellationRequested(() => {
      engine.request("study/cancel", { run }).catch(() => undefined);
      wake();
    });
    try {
      for (let since = 0, shown = 0; ; ) {
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (token.isCancellationRequested) return undefined;
        const snapshot = (await engine.request("study/snapshot", { run, since })) as StudySnapshot;
        if (snapshot.state === "finished") return snapshot.result;
        if (snapshot.state === "cancelled") return undefined;
        if (snapshot.error !== null)
          throw new ModeScopeError(snapshot.error.code, snapshot.error.message, snapshot.error.details);
        since = snapshot.revision;
        progress.report({ increment: 100 * snapshot.fraction - shown });
        shown = 100 * snapshot.fraction;
        await news;
      }
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    } finally {
      listening.dispose();
      cancelling.dispose();
    }
  });
}
