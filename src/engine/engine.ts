import { ANALYSES, analysisById } from "../analysis/registry.ts";
import type { AnalysisManifest, NotApplicable, ParameterValues, TargetRef } from "../analysis/types.ts";
import type { Disposable } from "../base/disposable.ts";
import { CancelledError, ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor, TensorReading } from "../base/tensor.ts";
import { readReadings } from "../formats/interpret/readings.ts";
import type { EngineMethods, SourceMethods } from "../protocol/contract.ts";
import { isRecord } from "../protocol/guards.ts";
import type { Handlers } from "../protocol/peer.ts";
import { STUDIES } from "../studies/registry.ts";
import { recall, resultKeys, withPendingWrites } from "./cache.ts";
import { lintHandlers } from "./lint.ts";
import { taskMemory } from "./memory.ts";
import { WorkerPool } from "./pool.ts";
import type { CacheStore, EnginePorts } from "./ports.ts";
import { referenceOf } from "./reference.ts";
import { type Answer, Run } from "./runs.ts";
import { Scheduler, URGENCY } from "./scheduler.ts";
import { labelWords, type Opened, openByUri, summarize, tensorOf } from "./session.ts";
import { Studies } from "./studies.ts";
import { allTargets, partOf, readTarget, targetKey } from "./targets.ts";

/** Finished runs that are kept for panels that come back to ask. */
const KEPT_RUNS = 64;

interface OpenEntry {
  readonly uri: string;
  readonly readings: readonly TensorReading[];
  readonly opened: Opened;
  /** Single questions under way: when the checkpoint is closed they end, whoever asked. */
  readonly asked: Set<AbortController>;
  /** SHA-256 of values by target, as workers found them: the next analysis of a target need not hash it again. */
  readonly valuesHashes: Map<string, string>;
}

/** Opens checkpoints, runs analyses, cancels, reports progress. Knows no editor and no thread: `ports` give those. */
export class Engine implements Disposable {
  readonly handlers: Handlers<EngineMethods>;
  readonly #checkpoints = new Map<string, OpenEntry>();
  readonly #runs = new Map<string, Run>();
  readonly #pool: WorkerPool;
  readonly #scheduler: Scheduler;
  readonly #studies: Studies;
  readonly #cache: CacheStore;
  #nextId = 1;

  constructor(
    private readonly ports: EnginePorts,
    sourceMethods: Handlers<SourceMethods>,
    private readonly emit: (event: string, data: unknown) => void,
  ) {
    this.#cache = withPendingWrites(ports.cache);
    this.#pool = new WorkerPool(
      ports.workers,
      {
        ...sourceMethods,
        "cache/get": ({ key }) => this.#cache.get(key),
        "cache/put": async ({ key, bytes }) => {
          await this.#cache.put(key, bytes);
          return null;
        },
      },
      () => this.#scheduler.pump(),
      (reason) => emit("engine/lost", { reason }),
    );
    this.#scheduler = new Scheduler(() => this.#pool);
    this.#studies = new Studies(
      () => this.#scheduler,
      (changed) => emit("study/changed", changed),
    );
    this.handlers = {
      ...this.#studies.handlers,
      ...lintHandlers(),
      "engine/info": () => ({
        workers: ports.workers.count,
        analyses: ANALYSES.map((analysis) => analysis.manifest),
        studies: STUDIES.map((study) => study.manifest),
        cache: ports.cache.description,
      }),
      "checkpoint/open": ({ uri, readings }, signal) => this.#open(uri, readReadings(readings), signal),
      "checkpoint/tensors": ({ checkpoint, from, count }) => ({
        tensors: this.#entry(checkpoint).opened.tensors.slice(from, from + count),
      }),
      "checkpoint/label-sources": ({ checkpoint }) => ({
        sources: (this.#entry(checkpoint).opened.checkpoint.labels ?? []).map(({ load: _load, ...facts }) => facts),
      }),
      "checkpoint/label-words": ({ checkpoint, source, from, count }, signal) =>
        labelWords(this.#entry(checkpoint).opened.checkpoint, source, from, count, signal),
      "checkpoint/labels": ({ checkpoint, tensor }) => {
        const { opened } = this.#entry(checkpoint);
        return { labels: opened.checkpoint.axisLabels?.[tensorOf(opened, tensor).name] ?? null };
      },
      "checkpoint/close": ({ checkpoint }) => this.#close(checkpoint),
      "run/start": (params) => this.#start(params),
      "run/snapshot": ({ run, since }) => this.#run(run).snapshot(since),
      "run/prioritize": ({ run, targets }) => {
        this.#run(run).prioritize(listOf(targets).map(readTarget));
        return null;
      },
      "run/cancel": ({ run }) => {
        this.#run(run).cancel();
        return null;
      },
      "analysis/run": async ({ checkpoint, analysis, target, parameters, reference }, signal) => {
        const entry = this.#entry(checkpoint);
        const ref = readTarget(target);
        const tensor = tensorOf(entry.opened, ref.tensor);
        const against = this.#against(analysis, reference);
        const refusal = analysisById(analysis).applies(tensor, ref) ?? unfitFor(analysis, against)(tensor);
        if (refusal !== null) throw new ModeScopeError("unsupported", refusal.reason, { tensor: ref.tensor });
        return this.#ask(
          entry,
          signal,
          (abort) => this.#answer(entry, analysis, parameters, against)(ref, URGENCY.asked, abort).result,
        );
      },
    };
  }

  dispose(): void {
    for (const run of this.#runs.values()) run.cancel();
    this.#studies.dispose();
    this.#pool.dispose();
    this.#cache.dispose();
    for (const { opened } of this.#checkpoints.values()) void opened.checkpoint.close();
    this.#checkpoints.clear();
  }

  async #open(uri: string, readings: readonly TensorReading[], signal: AbortSignal) {
    if (typeof uri !== "string") throw new ModeScopeError("bad-request", "A URI is needed.", { field: "uri" });
    const started = performance.now();
    const opened = await openByUri(this.ports.sources, uri, readings, signal);
    if (signal.aborted) {
      // Nobody will ever learn this handle, so nobody would close it.
      await opened.checkpoint.close();
      throw new CancelledError();
    }
    const handle = `checkpoint-${this.#nextId++}`;
    this.#checkpoints.set(handle, { uri, readings, opened, asked: new Set(), valuesHashes: new Map() });
    return summarize(handle, uri, opened, performance.now() - started);
  }

  async #close(handle: string): Promise<null> {
    const entry = this.#checkpoints.get(handle);
    this.#checkpoints.delete(handle);
    for (const [id, run] of this.#runs) {
      if (run.checkpoint !== handle) continue;
      run.cancel();
      this.#runs.delete(id);
    }
    if (entry === undefined) return null;
    for (const abort of entry.asked) abort.abort();
    if (![...this.#checkpoints.values()].some(({ uri }) => uri === entry.uri)) this.#pool.forget(entry.uri);
    await entry.opened.checkpoint.close();
    return null;
  }

  /** Ends with the request or with the checkpoint, whichever goes first. */
  async #ask<T>(entry: OpenEntry, signal: AbortSignal, work: (abort: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const onAbort = () => controller.abort();
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    entry.asked.add(controller);
    try {
      return await work(controller.signal);
    } finally {
      entry.asked.delete(controller);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #start({ checkpoint, analysis, targets, parameters, reference }: EngineMethods["run/start"]["params"]) {
    const entry = this.#entry(checkpoint);
    const against = this.#against(analysis, reference);
    const refs = targets === "all" ? allTargets(entry.opened.tensors) : listOf(targets).map(readTarget);
    const id = `run-${this.#nextId++}`;
    const run = new Run(
      id,
      checkpoint,
      refs,
      analysisById(analysis),
      entry.opened,
      this.#answer(entry, analysis, parameters, against),
      unfitFor(analysis, against),
      (changed) =>
        this.emit("run/changed", {
          run: id,
          revision: changed.revision,
          state: changed.state,
          done: changed.revision,
          total: changed.total,
        }),
    );
    this.#runs.set(id, run);
    for (const [old, candidate] of this.#runs) {
      if (this.#runs.size <= KEPT_RUNS) break;
      if (candidate.state !== "running") this.#runs.delete(old);
    }
    return { run: id, total: run.total };
  }

  /** From the cache if this version of the file was asked the same before, else from a worker. */
  #answer(entry: OpenEntry, analysisId: string, parameters: ParameterValues, against: OpenEntry | null): Answer {
    const { manifest } = analysisById(analysisId);
    if (!isRecord(parameters))
      throw new ModeScopeError("bad-request", "Parameters are a record of values.", { field: "parameters" });
    const version = entry.opened.checkpoint.version;
    const { uri, readings } = entry;
    const reference =
      against === null
        ? null
        : { uri: against.uri, version: against.opened.checkpoint.version, readings: against.readings };
    return (target, urgency, signal, progress) => {
      let wanted = urgency;
      let setUrgency = (value: number) => {
        wanted = value;
      };
      const work = async () => {
        const started = performance.now();
        if (manifest.cacheable) {
          const keys = await resultKeys(
            this.ports.hashText,
            version,
            entry.uri,
            manifest,
            target,
            parameters,
            reference,
          );
          const known = await recall(this.#cache, keys);
          if (known !== null)
            return { result: known.result, fromCache: true, milliseconds: performance.now() - started };
        }
        const valuesHash = entry.valuesHashes.get(targetKey(target)) ?? null;
        const queued = this.#scheduler.enqueue(
          {
            uri,
            version,
            readings,
            analysis: analysisId,
            target,
            parameters,
            ...this.#memoryOf(entry, manifest, target, reference !== null),
            reference,
            valuesHash,
          },
          wanted,
          signal,
          progress,
        );
        setUrgency = (value) => {
          queued.ticket.urgency = value;
        };
        const { valuesHash: found, ...answer } = await queued.result;
        if (found !== null) entry.valuesHashes.set(targetKey(target), found);
        return { ...answer, milliseconds: performance.now() - started };
      };
      return { setUrgency: (value) => setUrgency(value), result: work() };
    };
  }

  #memoryOf({ opened }: OpenEntry, manifest: AnalysisManifest, target: TargetRef, compares: boolean) {
    const tensor = tensorOf(opened, target.tensor);
    return taskMemory(manifest, tensor, partOf(tensor, target), compares);
  }

  #entry(handle: string): OpenEntry {
    const entry = this.#checkpoints.get(handle);
    if (entry === undefined)
      throw new ModeScopeError("bad-request", "This checkpoint is not open any more.", { remedy: "Open it again." });
    return entry;
  }

  /** The checkpoint that an analysis compares with. One that takes none never sees it, so that its results stay the same answer. */
  #against(analysisId: string, handle: unknown): OpenEntry | null {
    const wants = analysisById(analysisId).manifest.reference;
    if (handle === undefined || handle === null) {
      if (wants !== "required") return null;
      throw new ModeScopeError(
        "bad-request",
        `${analysisId} compares with the checkpoint that training started from.`,
        {
          field: "reference",
          remedy: "Name that checkpoint.",
        },
      );
    }
    if (typeof handle !== "string")
      throw new ModeScopeError("bad-request", "A reference is the handle of an open checkpoint.", {
        field: "reference",
      });
    const entry = this.#entry(handle);
    return wants === undefined ? null : entry;
  }

  #run(id: string): Run {
    const run = this.#runs.get(id);
    if (run === undefined)
      throw new ModeScopeError("bad-request", "This run is gone.", { remedy: "Start the analysis again." });
    return run;
  }
}

/** Where a reference is needed, a tensor without a fit namesake there cannot be asked about. */
function unfitFor(analysisId: string, against: OpenEntry | null): (tensor: DescribedTensor) => NotApplicable | null {
  if (against === null || analysisById(analysisId).manifest.reference !== "required") return () => null;
  return (tensor) => {
    const reference = referenceOf(tensor, against.opened);
    return "reason" in reference ? reference : null;
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ModeScopeError("bad-request", "A list of targets is needed.", { field: "targets" });
}
