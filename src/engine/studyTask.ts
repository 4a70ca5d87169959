import type { CancelToken } from "../base/cancel.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { OpenInference } from "../base/inference.ts";
import { studyById } from "../studies/registry.ts";
import type { StudyContext, StudyFile } from "../studies/types.ts";
import { type Answering, answerTarget } from "./answer.ts";
import { explainMemory } from "./memory.ts";
import type { Sources } from "./ports.ts";
import { type Opened, openByUri } from "./session.ts";
import type { StudyTask, TaskResult } from "./tasks.ts";

export interface StudyHost {
  readonly sources: Sources;
  readonly openInference: OpenInference | undefined;
  readonly cancel: CancelToken;
  readonly signal: AbortSignal;
  /** Where results are kept, and how they are found; left out: every answer is computed. */
  readonly answering?: Answering;
  progress(fraction: number): void;
  publish(fraction: number, partial: unknown): void;
}

/** Runs a study in a worker: its files are opened one by one, here, and closed when it is through with each. */
export async function runStudy(task: StudyTask, host: StudyHost): Promise<TaskResult> {
  const study = studyById(task.study);
  let reached = 0;
  const context: StudyContext = {
    files: task.files,
    cancel: host.cancel,
    signal: host.signal,
    async withFile({ uri }, use) {
      host.cancel.throwIfCancelled();
      try {
        const opened = await openByUri(host.sources, uri, task.readings, host.signal);
        const { checkpoint, name, tensors } = opened;
        try {
          return await use({ uri, name, checkpoint, tensors, analyse: analysing(uri, opened, host) });
        } finally {
          await checkpoint.close();
        }
      } catch (error) {
        throw task.files.length > 1 ? ofFile(error, uri) : error;
      }
    },
    async readBytes({ uri }, limit) {
      host.cancel.throwIfCancelled();
      const source = await host.sources.open(uri, host.signal);
      try {
        if (source.size > limit)
          throw new ModeScopeError(
            "limit-exceeded",
            `The file has ${source.size} bytes; at most ${limit} are read whole.`,
            {
              uri,
            },
          );
        return new Uint8Array(await source.read(0, source.size, host.signal));
      } finally {
        await source.close();
      }
    },
    ...(host.openInference === undefined ? {} : { openInference: host.openInference }),
    progress(fraction) {
      reached = Math.min(1, Math.max(reached, fraction));
      host.progress(reached);
    },
    publish: (partial) => host.publish(reached, partial),
  };
  try {
    return { result: await study.run(context, task.parameters), fromCache: false, valuesHash: null };
  } catch (error) {
    throw explainMemory(error, `“${study.manifest.title}”`);
  }
}

/** Words about what a file holds. */
const ABOUT_A_FILE: ReadonlySet<string> = new Set(["bad-format", "short-read", "unknown-format", "unsupported"]);

/** Of several files the one that is meant is named. */
function ofFile(error: unknown, uri: string): unknown {
  if (!(error instanceof ModeScopeError) || !ABOUT_A_FILE.has(error.code) || error.details.uri !== undefined)
    return error;
  return new ModeScopeError(error.code, error.message, { ...error.details, uri }, { cause: error });
}

function analysing(uri: string, opened: Opened, host: StudyHost): StudyFile["analyse"] {
  const { cancel, signal } = host;
  return async (analysis, target, parameters, known) => {
    const { version } = opened.checkpoint;
    const question = { uri, version, analysis, target, parameters, reference: null, valuesHash: null };
    const answer = await answerTarget(
      opened,
      question,
      null,
      { cancel, signal, progress() {} },
      host.answering ?? null,
      known === "known",
    );
    return answer?.result ?? null;
  };
}
