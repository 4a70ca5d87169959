import { parentPort, workerData } from "node:worker_threads";
import { caseOf, corpusOf } from "./corpus.ts";
import { examine } from "./examine.ts";
import type { Finding, WorkerData, WorkerMessage } from "./messages.ts";

/** The life of a fuzzing worker: the cases from `from` to `to`, each announced in shared memory before it starts, so that a crash names its case. */
const { root, format, seed, from, to, until, slowMilliseconds, greedyMegabytes, place } = workerData as WorkerData;
const port = parentPort;
if (port === null) throw new Error("This bundle runs as a worker thread.");
const say = (message: WorkerMessage) => port.postMessage(message);

const seeds = corpusOf(root).get(format) ?? [];
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));
const residentMegabytes = () => process.resourceUsage().maxRSS / 1024;

async function timed(index: number) {
  const one = caseOf(seeds, format, seed, index);
  const started = performance.now();
  const verdict = await examine(one);
  return { verdict, milliseconds: performance.now() - started };
}

async function main(): Promise<void> {
  const found = (finding: Finding) => say({ kind: "finding", finding });
  const batch = { cases: 0, opened: 0, refused: {} as Record<string, number>, worst: { milliseconds: 0, index: -1 } };
  for (let index = from; index < to && Date.now() < until; index++) {
    Atomics.store(place, 0, index);
    const before = residentMegabytes();
    let { verdict, milliseconds } = await timed(index);
    const grown = residentMegabytes() - before;
    // A rejection that nobody waits for shows itself when the thread comes to rest: now, while this case is the one announced.
    await new Promise((resolve) => setImmediate(resolve));
    // Another program may have had the processor: slow is what is slow each time.
    for (let again = 0; again < 2 && milliseconds > slowMilliseconds; again++)
      milliseconds = Math.min(milliseconds, (await timed(index)).milliseconds);
    if (verdict.kind === "finding") found({ index, what: verdict.what });
    if (milliseconds > slowMilliseconds) found({ index, what: `It took ${Math.round(milliseconds)} ms.` });
    if (grown > greedyMegabytes) found({ index, what: `It took ${Math.round(grown)} MB of memory.` });
    const added = Object.getOwnPropertyNames(Object.prototype).filter((name) => !inherited.has(name));
    if (added.length > 0) found({ index, what: `Every object has got a property ${added.join(", ")}.` });
    for (const name of added) Reflect.deleteProperty(Object.prototype, name);

    batch.cases += 1;
    if (verdict.kind === "opened") batch.opened += 1;
    if (verdict.kind === "refused") batch.refused[verdict.code] = (batch.refused[verdict.code] ?? 0) + 1;
    if (milliseconds > batch.worst.milliseconds) batch.worst = { milliseconds, index };
    say({ kind: "figures", figures: structuredClone(batch) });
  }
  say({ kind: "end", megabytes: residentMegabytes() });
}

void main();
