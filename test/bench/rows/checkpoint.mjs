// Whole checkpoints, from file to table: every contestant is a process from its start to its end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../../scripts/_lib/process.mjs";
import { checkpointFile } from "../lib/checkpoints.mjs";
import { summarize } from "../lib/compare.mjs";
import { comparisonTable } from "../lib/comparisonTable.mjs";
import { interleave } from "../lib/interleave.mjs";
import { peerEnvironment } from "../lib/python.mjs";
import { bytes, digits, markdownTable, time } from "../lib/table.mjs";
import { timeProcess } from "../lib/wholeProcess.mjs";

const PEERS = join(ROOT, "test", "bench", "peers");
/** A round of one model takes a minute; the model of the design's aim gets most of them. */
const ROUNDS = { "bert-base": 3, "bert-mini": 3 };
const OTHER_ROUNDS = 2;
/** Nobody sits out for one slow round: the model of the aim deserves its median. */
const PATIENCE_SECONDS = 300;
const WORKSPACE_BYTES = 200e6;

export const checkpoint = {
  id: "checkpoint",
  title: "A whole checkpoint, from file to table",

  async run({ peers, rounds, quick, gemm, bundle, dist, say }) {
    const cases = [];
    for (const model of quick ? ["bert-mini"] : ["bert-base", "vit-base", "gpt2-small"]) {
      say(`checkpoint ${model}`);
      const file = await checkpointFile(model, gemm);
      const contestants = contestantsOf({ peers, file, bundle, dist });
      const results = await interleave(contestants, Math.min(rounds, ROUNDS[model] ?? OTHER_ROUNDS), {
        patience: PATIENCE_SECONDS,
        say,
      });
      const ids = ["product", "productCli", "productOne", "numpy", "torch", "weightwatcher"];
      cases.push({ name: model, ...summarize(results, ids, peers.gaps) });
    }
    return { cases };
  },

  report: ({ cases }) =>
    [
      comparisonTable("checkpoint", cases, { product: "ModeScope, all workers" }),
      "",
      "Inside the processes, without start-up and imports, and how many matrices each decomposed (ours: fused tensors part by part):",
      "",
      insideTable(cases),
      "",
      "Workers and memory of the compute process:",
      "",
      memoryTable(cases),
    ].join("\n"),

  bars: ({ cases }) => cases.map(({ name, cells }) => ({ label: `${name}, file to table`, cells })),
};

/** Bytes that a run may hold at most: the aim of the design. */
export function memoryBound({ largestBytes }, workers) {
  return workers * 4 * largestBytes + WORKSPACE_BYTES;
}

function contestantsOf({ peers, file, bundle, dist }) {
  const driver = join(PEERS, "checkpointProduct.mjs");
  const node = peers.node ?? process.execPath;
  const compute = (workers) => () =>
    timeProcess(node, [driver, bundle, dist, file, String(workers), "analyze"], peerEnvironment(null));
  const list = [
    { id: "product", run: compute(0) },
    {
      id: "productCli",
      run: () => withEmptyCache((env) => timeProcess(process.execPath, [join(dist, "cli.cjs"), "analyze", file], env)),
    },
    { id: "productOne", run: compute(1) },
  ];
  for (const method of ["numpy", "torch", "weightwatcher"]) {
    if (!peers.python.installed.includes(method)) continue;
    const script = join(PEERS, "checkpoint.py");
    list.push({
      id: method,
      run: () => timeProcess(peers.python.python, [script, method, file], peerEnvironment(null)),
    });
  }
  return list;
}

async function withEmptyCache(run) {
  const folder = await mkdtemp(join(tmpdir(), "modescope-bench-"));
  try {
    return await run({ ...peerEnvironment(null), XDG_CACHE_HOME: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const INSIDE = ["product", "numpy", "torch", "weightwatcher"];
const NAMES = { product: "ModeScope", numpy: "NumPy", torch: "PyTorch", weightwatcher: "WeightWatcher" };

function insideTable(cases) {
  return markdownTable(
    ["checkpoint", ...INSIDE.map((id) => `>${NAMES[id]}`)],
    cases.map(({ name, cells }) => [
      name,
      ...INSIDE.map((id) => {
        const inside = cells[id]?.answer?.inside;
        return inside ? `${time(inside.seconds)}, ${inside.matrices}` : undefined;
      }),
    ]),
  );
}

function memoryTable(cases) {
  return markdownTable(
    [
      "checkpoint",
      ">1 worker",
      ">all workers",
      ">speed-up",
      ">largest tensor",
      ">peak, 1 worker",
      ">peak, all",
      ">bound, all",
    ],
    cases.map(({ name, cells }) => {
      const [all, one] = [cells.product, cells.productOne];
      const workers = all?.answer?.inside?.workers ?? 1;
      const inside = all?.answer?.inside;
      return [
        name,
        time(one?.seconds ?? Number.NaN),
        time(all?.seconds ?? Number.NaN),
        `${digits((one?.seconds ?? Number.NaN) / (all?.seconds ?? Number.NaN))}×`,
        bytes(inside?.largestBytes ?? Number.NaN),
        bytes(one?.answer?.inside?.peakBytes ?? Number.NaN),
        bytes(inside?.peakBytes ?? Number.NaN),
        inside ? bytes(memoryBound(inside, workers)) : undefined,
      ];
    }),
  );
}
