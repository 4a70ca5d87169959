import { Worker } from "node:worker_threads";
import { corpusOf } from "./corpus.ts";
import type { Figures, Finding, WorkerData, WorkerMessage } from "./messages.ts";

/** A worker's own objects; what lies outside its heap is watched case by case (`greedyMegabytes`). */
const HEAP_MEGABYTES = 256;
const LOOK_EVERY_MILLISECONDS = 250;

export interface FuzzOptions {
  readonly root: string;
  /** The bundle of worker.ts. */
  readonly worker: string;
  readonly format: string;
  readonly seed: number;
  readonly cases: number;
  readonly seconds?: number;
  readonly slowMilliseconds?: number;
  readonly hangMilliseconds?: number;
  readonly greedyMegabytes?: number;
}

export interface FuzzReport extends Figures {
  readonly format: string;
  readonly findings: readonly Finding[];
  /** Peak resident memory of the process. */
  readonly megabytes: number;
}

/** All cases of one format. A case that ends its worker (crash, memory) or never ends is a finding, and the next worker goes on behind it. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  if ((corpusOf(options.root).get(options.format) ?? []).length === 0)
    throw new Error(`No file below test/fixtures is of the format ${options.format}: add a small valid one.`);
  const findings: Finding[] = [];
  const parts: Figures[] = [];
  let megabytes = 0;
  let from = 0;
  const until = options.seconds === undefined ? Number.MAX_SAFE_INTEGER : Date.now() + 1000 * options.seconds;
  while (from < options.cases && Date.now() < until) {
    const outcome = await oneWorker(options, from, until);
    findings.push(...outcome.findings);
    parts.push(outcome.figures);
    megabytes = Math.max(megabytes, outcome.megabytes);
    if (outcome.broken === null) break;
    findings.push(outcome.broken);
    from = outcome.broken.index + 1;
  }
  return { ...sumOf(parts), format: options.format, findings, megabytes };
}

interface Outcome {
  readonly figures: Figures;
  readonly findings: readonly Finding[];
  readonly megabytes: number;
  /** The case that the worker did not survive, or null if it came to its end. */
  readonly broken: Finding | null;
}

const NOTHING: Figures = { cases: 0, opened: 0, refused: {}, worst: { milliseconds: 0, index: -1 } };

function oneWorker(options: FuzzOptions, from: number, until: number): Promise<Outcome> {
  const { slowMilliseconds = 1000, hangMilliseconds = 20_000, greedyMegabytes = 256, cases: to } = options;
  const { root, format, seed } = options;
  const place = new Int32Array(new SharedArrayBuffer(4)).fill(from);
  const data: WorkerData = { root, format, seed, from, to, until, slowMilliseconds, greedyMegabytes, place };
  const worker = new Worker(options.worker, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
  });
  return new Promise((resolve) => {
    const findings: Finding[] = [];
    let figures = NOTHING;
    let megabytes = 0;
    let ended = false;
    let reason: string | null = null;
    let last = { index: from, since: Date.now() };
    const watch = setInterval(() => {
      const index = Atomics.load(place, 0);
      if (index !== last.index) last = { index, since: Date.now() };
      if (Date.now() - last.since < hangMilliseconds) return;
      reason = `It hangs: no end after ${hangMilliseconds / 1000} s.`;
      void worker.terminate();
    }, LOOK_EVERY_MILLISECONDS);
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "figures") figures = message.figures;
      else if (message.kind === "finding") findings.push(message.finding);
      else {
        ended = true;
        megabytes = message.megabytes;
      }
    });
    worker.on("error", (error: Error & { code?: string }) => {
      reason =
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? `It ran out of ${HEAP_MEGABYTES} MB.`
          : `It crashed: ${error.stack ?? error.message}`;
    });
    worker.on("exit", () => {
      clearInterval(watch);
      const broken = ended
        ? null
        : { index: Atomics.load(place, 0), what: reason ?? "The worker ended without a word." };
      resolve({ figures, findings, megabytes, broken });
    });
  });
}

function sumOf(parts: readonly Figures[]): Figures {
  const refused: Record<string, number> = {};
  for (const part of parts)
    for (const [code, count] of Object.entries(part.refused)) refused[code] = (refused[code] ?? 0) + count;
  return {
    cases: parts.reduce((sum, { cases }) => sum + cases, 0),
    opened: parts.reduce((sum, { opened }) => sum + opened, 0),
    refused,
    worst: parts.reduce(
      (worst, part) => (part.worst.milliseconds > worst.milliseconds ? part.worst : worst),
      NOTHING.worst,
    ),
  };
}
