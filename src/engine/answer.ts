import { contentHash, knownValuesHash, knowValuesHash } from "../analysis/_shared/contentHash.ts";
import { analysisById } from "../analysis/registry.ts";
import type { AnalysisContext } from "../analysis/types.ts";
import { recall, recallByContent, remember, resultKeys } from "./cache.ts";
import type { CacheStore, Hashing } from "./ports.ts";
import { referenceOf } from "./reference.ts";
import { type Opened, tensorOf } from "./session.ts";
import { partOf } from "./targets.ts";
import type { Task, TaskResult } from "./tasks.ts";

/** Where results are kept, and how the keys to them are made. */
export interface Answering {
  readonly store: Pick<CacheStore, "get" | "put">;
  readonly hashing: Hashing;
}

type Question = Pick<Task, "uri" | "version" | "analysis" | "target" | "parameters" | "reference" | "valuesHash">;
type Watch = Pick<AnalysisContext, "cancel" | "progress"> & { readonly signal: AbortSignal };

/** One answer about an opened file: recalled where it is kept, else computed and kept. Null only with `knownOnly`, where it is not kept. */
export async function answerTarget(
  opened: Opened,
  question: Question,
  compared: Opened | null,
  watch: Watch,
  answering: Answering | null,
  knownOnly = false,
): Promise<TaskResult | null> {
  const { uri, version, target, parameters } = question;
  const tensor = tensorOf(opened, target.tensor);
  const analysis = analysisById(question.analysis);
  const reference = compared === null ? undefined : referenceOf(tensor, compared);
  const context = {
    checkpoint: opened.checkpoint,
    tensor,
    part: partOf(tensor, target),
    target,
    ...(reference === undefined ? {} : { reference }),
    ...watch,
    ...(answering?.hashing.stream === undefined ? {} : { sha256: answering.hashing.stream }),
  };
  if (question.valuesHash !== null) knowValuesHash(context, question.valuesHash);
  const { manifest } = analysis;
  if (answering === null || !manifest.cacheable)
    return knownOnly ? null : { result: await analysis.run(context, parameters), fromCache: false, valuesHash: null };

  const { store, hashing } = answering;
  const keys = await resultKeys(hashing.text, version, uri, manifest, target, parameters, question.reference);
  if (knownOnly) {
    const kept = await recall(store, keys);
    return kept === null ? null : { result: kept.result, fromCache: true, valuesHash: null };
  }
  const against =
    reference === undefined
      ? null
      : "reason" in reference
        ? reference.reason
        : await contentHash({ ...context, ...reference });
  const contentKey = async () => keys.byContent(await contentHash(context), against);
  const ask = manifest.hashesValues !== true || knownValuesHash(context) !== null;
  const known = ask ? await recallByContent(store, await contentKey()) : null;
  const result = known === null ? await analysis.run(context, parameters) : known.result;
  // Not waited for: the frames leave before the answer does, and the engine makes later readers wait.
  remember(store, keys, await contentKey(), result, known === null).catch(() => undefined);
  return { result, fromCache: known !== null, valuesHash: knownValuesHash(context) };
}
