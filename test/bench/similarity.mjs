// `npm run bench:similarity`: comparisons of representations beside NumPy, rsatoolbox and torch_cka, in turn within each round, one thread each and all of them.
// Asserts that all agree, and
// writes the tables into docs/performance.md unless only some are asked for. MODESCOPE_PYTHON names a Python with numpy, scipy (and rsatoolbox, torch, torch_cka where they are to be compared), MODESCOPE_NODE the
// Node that ModeScope runs in (else that of the VS Code in the cache, else this one). `-- --large` takes 10,000 × 768 × 24; `-- --rounds 5`, `--only WORDS` of a
// task, `--threads 1,2`.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildShipped, bundleProduct } from "./lib/bundle.mjs";
import { replacePart } from "./lib/document.mjs";
import { interleave } from "./lib/interleave.mjs";
import { startLinePeer } from "./lib/linePeer.mjs";
import { describeMachine, editorNode } from "./lib/machine.mjs";
import { peerEnvironment } from "./lib/python.mjs";
import { median } from "./lib/statistics.mjs";

const LARGE = process.argv.includes("--large");
const given = (flag) => (process.argv.includes(flag) ? process.argv[process.argv.indexOf(flag) + 1] : undefined);
const rounds = Number(given("--rounds") ?? (LARGE ? 1 : 5));
const only = given("--only") ?? "";
const threadCounts = given("--threads")?.split(",").map(Number) ?? [...new Set([1, availableParallelism()])];
const shape = LARGE
  ? { items: 10_000, dimensions: 768, layers: 24, few: 1000 }
  : { items: 2_000, dimensions: 256, layers: 12, few: 300 };
/** What is left of rounding between float32 routes; the torch package's centring leaves its own. */
const AGREE = 2e-6;
const AGREE_TORCH = 1e-2;
/** Standard errors, of each other. */
const AGREE_ERRORS = 0.1;

const { items: n, dimensions: p, layers: count, few } = shape;
const cka = (which, single, interval) => ({ task: "cka", arguments: [which, single, interval] });
const rsa = (comparison) => ({ task: "few", arguments: ["rsa", comparison] });
/** What is asked of ModeScope, and of whom else: [who, question]. */
const ROWS = [
  ...["pair", "table"].flatMap((which) => {
    const words = which === "pair" ? `two layers, ${n} × ${p}` : `all pairs of ${count} layers, ${n} × ${p}`;
    const long = which === "table";
    return [
      {
        long,
        what: `debiased CKA, ${words}, no interval`,
        ours: cka(which, true, false),
        peers: [
          ["NumPy float32", cka(which, true, false)],
          ["NumPy float64", cka(which, false, false)],
        ],
      },
      {
        long,
        what: `debiased CKA, ${words}, with jackknife`,
        ours: cka(which, true, true),
        peers: [
          ["NumPy float32", cka(which, true, true)],
          ["NumPy float64", cka(which, false, true)],
        ],
      },
      {
        long,
        what: "the same in float64",
        ours: cka(which, false, true),
        peers: [["NumPy float64", cka(which, false, true)]],
      },
    ];
  }),
  {
    what: `debiased CKA, all pairs of ${count} layers, ${few} × ${p}`,
    ours: { task: "few", arguments: ["debiased-cka"] },
    peers: [["torch_cka", { task: "torch", arguments: [] }]],
  },
  {
    what: `correlation RDMs by Spearman, all pairs of ${count} layers, ${few} × ${p}`,
    ours: rsa("spearman"),
    peers: [
      ["rsatoolbox", { task: "toolbox", arguments: ["spearman"] }],
      ["NumPy, SciPy", { task: "rsa", arguments: [] }],
    ],
  },
  {
    what: `correlation RDMs by τ_a, all pairs of ${count} layers, ${few} × ${p}`,
    ours: rsa("tau-a"),
    peers: LARGE ? [] : [["rsatoolbox", { task: "toolbox", arguments: ["tau-a"] }]],
  },
  {
    what: `99 shuffles of the items, all pairs of ${count} RDMs of ${few}, by Spearman`,
    ours: { task: "shuffles", arguments: [99] },
    peers: [["NumPy, SciPy", { task: "shuffles", arguments: [99] }]],
  },
  {
    what: `angular shape distance, all pairs of ${count} layers, ${few} × ${p}`,
    ours: { task: "few", arguments: ["angular"] },
    peers: [["NumPy", { task: "shapes", arguments: [] }]],
    skip: LARGE,
  },
];

const bundle = await bundleProduct();
const dist = await buildShipped();
const { Random } = await import(bundle);
const random = new Random(7);
const all = new Float32Array(count * n * p);
// Layers drift away from the first: neighbours are alike.
for (let k = 0; k < n * p; k++) all[k] = random.normal();
for (let at = n * p; at < all.length; at++) all[at] = 0.9 * all[at - n * p] + 0.4 * random.normal();

const python = process.env.MODESCOPE_PYTHON ?? "python3";
const node = process.env.MODESCOPE_NODE ?? (await editorNode()) ?? process.execPath;
const PEERS = fileURLToPath(new URL("./peers/", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "modescope-similarity-"));
let failed = 0;
const lines = [];
const say = (line) => {
  lines.push(line);
  console.log(line);
};
const started = [];
try {
  await writeFile(join(folder, "shape.json"), JSON.stringify(shape));
  await writeFile(join(folder, "layers.f32"), all);
  const machine = await describeMachine();
  say(
    `${machine.cpu}, ${machine.cores} cores, ${machine.date} at ${machine.commit}; medians of ${rounds} rounds in turn, load ${loadavg()[0].toFixed(1)} beside.`,
  );
  for (const threads of threadCounts) {
    const ours = startLinePeer(
      node,
      [join(PEERS, "similarityProduct.mjs"), bundle, dist, folder, String(threads)],
      peerEnvironment(null),
    );
    const others = startLinePeer(
      python,
      [join(PEERS, "similarity.py"), folder, String(threads)],
      peerEnvironment(threads),
    );
    started.push(ours, others);
    const [own, versions] = [
      await ours.ask({ task: "info" }),
      await others.ask({ task: "info" }).catch((error) => error.message),
    ];
    say(
      `\n${threads === 1 ? "One thread each" : `${threads} threads each`}: Node ${own.node}, kernels ${own.kernels.chosen}; ${JSON.stringify(versions)}`,
    );
    const unit = threads === 1 ? "processor" : "seconds";
    say(
      `| task (${threads === 1 ? "processor time" : "wall clock"}) | ModeScope | peers | agrees to | peak so far |\n| --- | ---: | --- | --- | ---: |`,
    );
    for (const { what, ours: question, peers, skip, long } of ROWS) {
      if (skip === true || !what.includes(only)) continue;
      const taken = new Map();
      const contestant = (id, peer, asked) => ({
        id,
        run: async () => {
          const answer = await peer.ask(asked);
          taken.set(id, [...(taken.get(id) ?? []), answer[unit]]);
          return answer;
        },
      });
      const results = await interleave(
        [contestant("ours", ours, question), ...peers.map(([who, asked]) => contestant(who, others, asked))],
        rounds,
        // What takes minutes needs no warm-up.
        { warmUp: !(LARGE && long === true), patience: 10_000 },
      );
      const mine = results.ours.answer;
      if (mine === null) throw new Error(`${what}: ${results.ours.error}`);
      const timesOf = (id) => taken.get(id).slice(-rounds);
      let apart = 0;
      const words = peers.map(([who]) => {
        const { answer, error } = results[who];
        if (answer === null) return `${who}: not there (${error})`;
        const limit = who === "torch_cka" ? AGREE_TORCH : AGREE;
        const distance = mine.value === null ? 0 : Math.abs(mine.value - answer.value);
        const errors = mine.error_of_value === null ? 1 : mine.error_of_value / answer.error_of_value;
        if (!(distance <= limit) || Math.abs(errors - 1) > AGREE_ERRORS) failed++;
        apart = Math.max(apart, distance);
        const ratio = median(timesOf(who).map((time, round) => time / timesOf("ours")[round]));
        return `${who} ${median(timesOf(who)).toFixed(3)} s (**${ratio.toFixed(2)}×**)`;
      });
      say(
        `| ${what} | ${median(timesOf("ours")).toFixed(3)} s | ${words.join("; ")} | ${mine.value === null ? "–" : apart.toExponential(0)} | ${(mine.peak / 2 ** 30).toFixed(2)} GiB |`,
      );
    }
    ours.stop();
    others.stop();
  }
} finally {
  for (const peer of started) peer.stop();
  await rm(folder, { recursive: true, force: true });
}
if (only === "" && failed === 0) {
  const page = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
  const part = LARGE ? "similarity-large" : "similarity";
  await writeFile(page, replacePart(await readFile(page, "utf8"), part, lines.join("\n")));
}
if (failed > 0) console.error(`${failed} answers differ.`);
process.exitCode = failed === 0 ? 0 : 1;
