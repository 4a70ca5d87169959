// `npm run bench`: the product beside its peers, interleaved; results in out/bench, and in docs/performance.md with its picture.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { ROOT } from "../../scripts/_lib/process.mjs";
import { checkNode, ensurePackages } from "../../scripts/_lib/setup.mjs";
import { HELP, parseArguments } from "./lib/arguments.mjs";

const OUT = join(ROOT, "out", "bench");
const RESULTS = join(OUT, "results.json");
const say = (text) => console.log(text);

async function main() {
  checkNode();
  await ensurePackages();
  // Behind the set-up: these modules import packages.
  const [{ ROWS }, { describeMachine }, { publish }] = await Promise.all([
    import("./rows/index.mjs"),
    import("./lib/machine.mjs"),
    import("./lib/publish.mjs"),
  ]);
  const options = parseArguments(
    process.argv.slice(2),
    ROWS.map(({ id }) => id),
  );
  if (options.help) {
    say(`${HELP}\n\nRows:\n${ROWS.map(({ id, title }) => `  ${id.padEnd(12)} ${title}`).join("\n")}`);
    return;
  }
  await mkdir(OUT, { recursive: true });
  // A quick run keeps its results apart: they must not mix with those that are published.
  const path = options.quick ? join(OUT, "quick.json") : RESULTS;
  const results = await readResults(path);
  if (options.measure) await measure(ROWS, options, results, path, await describeMachine());
  for (const row of ROWS) {
    const known = results.rows[row.id];
    if (known !== undefined && options.rows.includes(row.id)) say(`\n## ${row.title}\n\n${row.report(known)}`);
  }
  if (options.docs) {
    const written = await publish(results, ROWS);
    say(`\nWritten: ${written.join(", ")}`);
  }
}

async function measure(rows, options, results, path, machine) {
  const [{ buildShipped, bundleProduct, gemmOf }, { startContestants }] = await Promise.all([
    import("./lib/bundle.mjs"),
    import("./lib/contestants.mjs"),
  ]);
  // Only makes the matrices; Node 20 multiplies faster with it.
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  const [bundle, dist] = [await bundleProduct(), await buildShipped()];
  const product = await import(bundle);
  const gemm = gemmOf(product);
  const peers = await startContestants({ bundle, dist, say });
  try {
    results.facts = { machine, contestants: peers.facts, gaps: peers.gaps };
    for (const row of rows) {
      if (!options.rows.includes(row.id)) continue;
      const { quick, rounds } = options;
      const result = await row.run({ peers, quick, rounds, gemm, product, bundle, dist, say });
      results.rows[row.id] = { measured: { commit: machine.commit, date: machine.date }, ...result };
      // After each row: a run that is ended early has not measured for nothing.
      await writeFile(path, JSON.stringify(results, null, 1));
    }
  } finally {
    peers.stop();
  }
}

async function readResults(path) {
  const text = await readFile(path, "utf8").catch(() => null);
  return text === null ? { facts: null, rows: {} } : JSON.parse(text);
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
