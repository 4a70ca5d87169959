// ModeScope on a whole checkpoint as VS Code runs it: the compute process forked, the file opened, statistics and every spectrum, the table.
// checkpointProduct.mjs BUNDLE DIST FILE WORKERS open|analyze. The last line is JSON. The result cache is a new, empty folder.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [bundle, dist, file, workers, mode] = process.argv.slice(2);
const { Peer, startEngine } = await import(bundle);
const cacheFolder = await mkdtemp(join(tmpdir(), "modescope-bench-"));
const start = performance.now();
const since = () => (performance.now() - start) / 1000;

const link = await startEngine({ bundles: dist, cacheFolder, cacheBytes: 2 ** 29, workers: Number(workers) });
const peer = new Peer(link.transport);
const wake = { up: () => {} };
peer.on("run/changed", () => wake.up());
try {
  const { workers: count } = await peer.request("engine/info", {});
  const summary = await peer.request("checkpoint/open", { uri: pathToFileURL(file).href });
  const { tensors } = await peer.request("checkpoint/tensors", {
    checkpoint: summary.checkpoint,
    from: 0,
    count: summary.totals.tensors,
  });
  const openSeconds = since();
  const rows = new Map();
  if (mode === "analyze")
    for (const analysis of ["statistics", "spectrum"]) await runOver(summary.checkpoint, analysis, rows);
  const peakBytes = await peakOf(link.processId);
  console.log(rows.size > 0 ? tableOf(rows) : tensors.map(({ name }) => name).join("\n"));
  console.log(
    JSON.stringify({
      seconds: since(),
      workers: count,
      openSeconds,
      engineOpenSeconds: summary.openMilliseconds / 1000,
      bytesRead: summary.bytesRead,
      tensors: tensors.length,
      matrices: [...rows.values()].filter(({ spectrum }) => spectrum !== undefined).length,
      exact: [...rows.values()].filter(({ spectrum }) => spectrum?.promise === "exact").length,
      largestBytes: Math.max(...tensors.map(({ elements }) => 4 * elements)),
      peakBytes,
    }),
  );
} finally {
  link.dispose();
  peer.dispose();
  await rm(cacheFolder, { recursive: true, force: true });
}

async function runOver(checkpoint, analysis, rows) {
  const { run } = await peer.request("run/start", { checkpoint, analysis, targets: "all", parameters: {} });
  let since = 0;
  for (;;) {
    const woken = new Promise((resolve) => {
      wake.up = resolve;
    });
    const snapshot = await peer.request("run/snapshot", { run, since });
    since = snapshot.revision;
    for (const { target, outcome } of snapshot.outcomes) {
      if (outcome.kind === "failed") throw new Error(`${target.tensor}: ${outcome.error.message}`);
      if (outcome.kind !== "done") continue;
      const key = `${target.tensor}${target.part === null ? "" : ` [${target.part}]`}`;
      rows.set(key, { ...rows.get(key), [analysis]: outcome.result });
    }
    if (snapshot.state !== "running") return;
    await woken;
  }
}

function tableOf(rows) {
  return [...rows]
    .map(([name, { statistics, spectrum }]) =>
      [
        name,
        statistics?.std,
        spectrum?.spectralNorm.value,
        spectrum?.frobeniusNorm.value,
        spectrum?.stableRank.value,
      ].join(" "),
    )
    .join("\n");
}

/** Highest resident memory of a process so far; null where the system does not tell. */
async function peakOf(pid) {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return null;
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(path, "utf8"));
  return found === null ? null : Number(found[1]) * 1024;
}
