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

export type StudyOptions = Pick<CliOptions, "workers" | "cacheBytes" | "readings" | "signal">;

/** Asks studies in an engine of this process, one after the other, and waits for each answer. To be disposed of. */
export interface Studies {
  run<Result>(
    study: Study<Result>,
    files: readonly StudyPath[],
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<Result>;
  dispose(): void;
}

/** Starting workers takes longer than many a question: several questions share them. */
export function openStudies({ signal, ...options }: StudyOptions): Studies {
  let wake = () => {};
  const engine = localEngine(__dirname, options, () => wake());
  const never = new AbortController().signal;
  return {
    async run<Result>(
      { manifest }: Study<Result>,
      files: readonly StudyPath[],
      parameters: Readonly<Record<string, unknown>>,
    ): Promise<Result> {
      signal.throwIfAborted();
      const progress = progressLine();
      const onAbort = () => wake();
      signal.addEventListener("abort", onAbort);
      try {
        const inputs = files.map(({ role, path }) => ({ role, uri: pathToFileURL(resolve(path)).href }));
        const { run } = await engine.handlers["study/start"](
          { study: manifest.id, files: inputs, parameters, readings: options.readings },
          never,
        );
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
        signal.removeEventListener("abort", onAbort);
        progress.clear();
      }
    },
    dispose: () => engine.dispose(),
  };
}

/** One question only. */
export async function runStudy<Result>(
  study: Study<Result>,
  files: readonly StudyPath[],
  parameters: Readonly<Record<string, unknown>>,
  options: StudyOptions,
): Promise<Result> {
  const studies = openStudies(options);
  try {
    return await studies.run(study, files, parameters);
  } finally {
    studies.dispose();
  }
}
