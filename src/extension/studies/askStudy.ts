import * as vscode from "vscode";
import { isCancelled } from "../../base/errors.ts";
import type { EngineMethods } from "../../protocol/contract.ts";
import type { EngineClient } from "../engineClient.ts";
import { followStudy } from "./followStudy.ts";

/** Asks a study for a command that has no panel: progress and Cancel in a notification. Undefined where it was cancelled; a failure is thrown. */
export async function askStudy(
  engine: EngineClient,
  question: EngineMethods["study/start"]["params"],
  title: string,
): Promise<unknown> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const { run } = (await engine.request("study/start", question)) as { run: string };
    const stop = new AbortController();
    const cancelling = token.onCancellationRequested(() => stop.abort());
    if (token.isCancellationRequested) stop.abort();
    let shown = 0;
    try {
      return await followStudy(
        engine,
        run,
        ({ fraction }) => {
          progress.report({ increment: 100 * fraction - shown });
          shown = 100 * fraction;
        },
        stop.signal,
      );
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    } finally {
      cancelling.dispose();
    }
  });
}
