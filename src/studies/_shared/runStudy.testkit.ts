import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { sharedCancelToken } from "../../base/cancel.ts";
import { runStudy } from "../../engine/studyTask.ts";
import { nodeSources } from "../../platform/node/fileSource.ts";
import { onnxRuntime } from "../../platform/onnxRuntime.ts";
import { NO_OTHER_SOURCES } from "../../platform/remoteSources.ts";
import type { Study } from "../types.ts";

const RUNTIME = onnxRuntime(() => readFile("node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"));

export interface Ran<Result> {
  readonly result: Result;
  readonly partials: readonly unknown[];
  readonly fractions: readonly number[];
}

/** Runs a registered study on files of this disk as a worker would. `onPartial` may throw or abort. */
export async function runStudyOn<Result>(
  { manifest }: Study<Result>,
  files: readonly { readonly role: string; readonly path: string }[],
  parameters: unknown = {},
  watch: { readonly cancelled?: () => boolean; readonly onPartial?: (partial: unknown) => void } = {},
): Promise<Ran<Result>> {
  const partials: unknown[] = [];
  const fractions: number[] = [];
  const flag = new Int32Array(new SharedArrayBuffer(8));
  const abort = new AbortController();
  const stopIfAsked = () => {
    if (watch.cancelled?.() !== true) return;
    Atomics.store(flag, 0, 1);
    abort.abort();
  };
  const { result } = await runStudy(
    {
      study: manifest.id,
      files: files.map(({ role, path }) => ({ role, uri: pathToFileURL(resolve(path)).href })),
      parameters,
      readings: [],
      bytes: 0,
      retires: false,
    },
    {
      sources: nodeSources(NO_OTHER_SOURCES),
      openInference: RUNTIME,
      cancel: sharedCancelToken(flag),
      signal: abort.signal,
      progress(fraction) {
        fractions.push(fraction);
        stopIfAsked();
      },
      publish(_fraction, partial) {
        partials.push(partial);
        watch.onPartial?.(partial);
        stopIfAsked();
      },
    },
  );
  return { result: result as Result, partials, fractions };
}
