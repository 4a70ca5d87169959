// How soon the learning of a large series shows: node test/bench/series.mjs [checkpoints] [matrices] [side]. Writes the series into a temporary folder, asks the
// shipped engine for its dynamics, and prints when the first words and the first curves came, when all was there, and how soon a cancel ends it. Asserts nothing.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importSources } from "../../scripts/_lib/fromSource.mjs";
import { buildShipped } from "./lib/bundle.mjs";

const [checkpoints, matrices, side] = [50, 60, 256].map((value, at) => Number(process.argv[2 + at] ?? value));
const dist = await buildShipped();
const { localEngine, safetensorsBytes } = await importSources(
  'export { localEngine } from "./src/platform/node/localEngine.ts";',
  'export { safetensorsBytes } from "./src/formats/safetensors/write.ts";',
);
const folder = await mkdtemp(join(tmpdir(), "modescope-series-"));
try {
  const uris = [];
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const start = Array.from({ length: matrices }, () => Float32Array.from({ length: side * side }, noise));
  const drift = start.map(() => Float32Array.from({ length: side }, noise));
  for (let step = 0; step < checkpoints; step++) {
    const tensors = start.map((values, layer) => ({
      name: `layers.${layer}.weight`,
      shape: [side, side],
      // One direction grows over training: a change that has a mode.
      data: values.map(
        (value, at) => value + (step / checkpoints) * drift[layer][at % side] * drift[layer][Math.floor(at / side)],
      ),
    }));
    const path = join(folder, `step-${String(step).padStart(4, "0")}.safetensors`);
    await writeFile(path, safetensorsBytes(tensors));
    uris.push(pathToFileURL(path).href);
  }
  let wake = () => {};
  const engine = localEngine(dist, { workers: 0, cacheBytes: 0 }, () => wake());
  const never = new AbortController().signal;
  const ask = () =>
    engine.handlers["study/start"](
      { study: "dynamics", files: uris.map((uri) => ({ role: "checkpoint", uri })), parameters: {} },
      never,
    );
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(2)} s`;
  const { run } = ask();
  const seen = { word: null, curves: null };
  for (let revision = 0; ; ) {
    const news = new Promise((resolve) => {
      wake = resolve;
    });
    const snapshot = engine.handlers["study/snapshot"]({ run, since: revision }, never);
    revision = snapshot.revision;
    if (snapshot.result !== undefined) {
      seen.word ??= since();
      if (snapshot.result.matrices?.length > 0) seen.curves ??= since();
    }
    if (snapshot.state !== "running") {
      console.log(`${checkpoints} checkpoints × ${matrices} matrices of ${side} × ${side}: ${snapshot.state}`);
      console.log(`first words ${seen.word} · first curves ${seen.curves} · all ${since()}`);
      break;
    }
    await news;
  }
  const second = ask();
  await new Promise((resolve) => setTimeout(resolve, 700));
  const cancelled = performance.now();
  engine.handlers["study/cancel"](second, never);
  const { state: ended } = engine.handlers["study/snapshot"]({ run: second.run, since: 0 }, never);
  console.log(`cancel: ${ended} after ${(performance.now() - cancelled).toFixed(1)} ms`);
  engine.dispose();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
