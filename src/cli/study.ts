import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CancelledError, ModeScopeError } from "../base/errors.ts";
import { localEngine } from "../platform/node/localEngine.ts";
import type { Study } from "../studies/types.ts";
import type { CliOptions } from "./options.ts";
import { progressLine } from "./terminal.ts";

export interface StudyPath {
  readonly role: string;
  readonly path: string;
}

/** Asks a study in an engine of this process and waits for its answer. */
export async function runStudy<Result>(
  { manifest }: Study<Result>,
  files: readonly StudyPath[],
  parameters: Readonly<Record<string, unknown>>,
  options: Pick<CliOptions, "workers" | "cacheBytes" | "readings" | "signal">,
): Promise<Result> {
  const { signal, readings } = options;
  signal.throwIfAborted();
  let wake = () => {};
  const engine = localEngine(__dirname, options, () => wake());
  const progress = progressLine();
  const never = new AbortController().signal;
  try {
    const inputs = files.map(({ role, path }) => ({ role, uri: pathToFileURL(resolve(path)).href }));
    const { run } = await engine.handlers["study/start"](
      { study: manifest.id, files: inputs, parameters, readings },
      never,
    );
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort, { once: true });
    for (let since = 0; ; ) {
      const news = new Promise<void>((done) => {
        wake = done;
      });
      if (signal.aborted) throw new CancelledError();
      const snapshot = await engine.handlers["study/snapshot"]({ run, since }, never);
      since = snapshot.revision;
      // The worker ran this very study, so what it answered is this study's result.
      if (snapshot.state === "finished") return snapshot.result as Result;
      if (snapshot.state === "cancelled") throw new CancelledError();
      if (snapshot.error !== null)
        throw new ModeScopeError(snapshot.error.code, snapshot.error.message, snapshot.error.details);
      progress.show(`${manifest.title}: ${Math.round(100 * snapshot.fraction)} %`);
      await news;
    }
  } finally {
    progress.clear();
    engine.dispose();
  }
}
