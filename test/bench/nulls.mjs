// The nulls by seeded simulation: node test/bench/nulls.mjs [repetitions]. Prints tables; asserts nothing.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = new URL("../../src/numerics/", import.meta.url).pathname;
const folder = await mkdtemp(join(tmpdir(), "modescope-nulls-"));
const outfile = join(folder, "numerics.mjs");
const modules = [
  "random.ts",
  "svd/singularValues.ts",
  "randomMatrix/noiseLevel.ts",
  "randomMatrix/tracyWidom.ts",
  "randomMatrix/signFlip.ts",
  "randomMatrix/spiked.ts",
  "randomMatrix/powerLaw.ts",
  "randomMatrix/powerLawTests.ts",
  "svd/topTriplets.ts",
  "randomMatrix/rankNulls.ts",
  "ranks.ts",
];
await build({
  stdin: { contents: modules.map((file) => `export * from "./${file}";`).join("\n"), resolveDir: root, loader: "ts" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  outfile,
});
const numerics = await import(pathToFileURL(outfile).href);
await rm(folder, { recursive: true });
const {
  Random,
  singularValues,
  medianNoiseLevel,
  uncertainNoiseEdge,
  noiseEdge,
  signFlipNull,
  nullPValue,
  outlierOf,
  overlapsOf,
  spikeOf,
} = numerics;
const {
  topTriplets,
  fitPowerLaw,
  againstLogNormal,
  rankNulls,
  stableRank,
  effectiveRank,
  participationRatio,
  hoyerSparsity,
} = numerics;
const repetitions = Number(process.argv[2] ?? 400);

const laws = {
  normal: (random) => random.normal(),
  uniform: (random) => Math.sqrt(12) * (random.uniform() - 0.5),
  sign: (random) => (random.uniform() < 0.5 ? -1 : 1),
};
const draw = (rows, columns, random, law) => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, () => law(random)),
});
const percent = (count, of) =>
  `${((100 * count) / of).toFixed(2)} ± ${((100 * Math.sqrt((count * (of - count)) / of)) / of).toFixed(2)}`;

const edges = [];
for (const [rows, columns] of [
  [16, 27],
  [32, 32],
  [32, 144],
  [64, 64],
  [64, 256],
  [128, 128],
]) {
  for (const [name, law] of Object.entries(laws)) {
    const random = new Random(7);
    const known = noiseEdge(rows, columns, 1, 0.99);
    const count = { known: 0, naive: 0, widened: 0 };
    const levels = [];
    let claimed = 0;
    for (let k = 0; k < repetitions; k++) {
      const s = singularValues(draw(rows, columns, random, law));
      const level = medianNoiseLevel(s, rows, columns);
      levels.push(level.entryStd);
      claimed += level.standardError / repetitions;
      count.known += s[0] > known;
      count.naive += s[0] > noiseEdge(rows, columns, level.entryStd, 0.99);
      count.widened += s[0] > uncertainNoiseEdge(rows, columns, level, 0.99);
    }
    const mean = levels.reduce((sum, x) => sum + x, 0) / repetitions;
    const sd = Math.sqrt(levels.reduce((sum, x) => sum + (x - mean) ** 2, 0) / repetitions);
    edges.push({
      size: `${rows}×${columns}`,
      entries: name,
      "σ known, %": percent(count.known, repetitions),
      "σ matched, edge not widened, %": percent(count.naive, repetitions),
      "σ matched, as used, %": percent(count.widened, repetitions),
      "σ̂ mean (true 1)": mean.toFixed(4),
      "σ̂ sd": sd.toFixed(4),
      "sd claimed": claimed.toFixed(4),
    });
  }
}
console.log(`False modes at the 99 % edge, ${repetitions} matrices each`);
console.table(edges);

// The test that stops after 19 draws unless σ₁ lies above all of them: P(p ≤ α) must not exceed α.
const tenths = new Array(10).fill(0);
const early = { stopped: 0, atMost: { 0.01: 0, 0.02: 0, 0.05: 0, 0.1: 0, 0.2: 0 } };
const flips = new Random(11);
for (let k = 0; k < repetitions; k++) {
  // Row and column scales differ: the sign-flip null allows for that, Marchenko–Pastur does not.
  const matrix = draw(20, 30, flips, laws.normal);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] *= 1 + Math.floor(i / 30) / 10 + (i % 30) / 10;
  const [top] = singularValues(matrix);
  const p = nullPValue(signFlipNull(matrix, { draws: 99, seed: k }).largest, top);
  tenths[Math.min(9, Math.ceil(p * 10) - 1)]++;
  const short = signFlipNull(matrix, { draws: 99, seed: k, observed: top });
  early.stopped += short.stopped === "not-significant";
  for (const level of Object.keys(early.atMost)) early.atMost[level] += nullPValue(short.largest, top) <= Number(level);
}
const chiSquare = tenths.reduce((sum, n) => sum + (n - repetitions / 10) ** 2 / (repetitions / 10), 0);
console.log(
  `Sign-flip p of noise with uneven variances, 20×30, 99 draws: counts per tenth (uniform: ${repetitions / 10} each)`,
);
console.log(tenths.join(" "), `χ² = ${chiSquare.toFixed(1)} (9 degrees of freedom, 99 % point 21.7)`);

console.log(`The same, stopped early where that decides it (${early.stopped} of ${repetitions} were)`);
console.table(
  Object.entries(early.atMost).map(([level, count]) => ({ α: level, "P(p ≤ α), %": percent(count, repetitions) })),
);

const ranks = [];
for (const [rows, columns] of [
  [16, 16],
  [16, 64],
  [64, 64],
  [64, 256],
  [128, 128],
]) {
  const random = new Random(3);
  const theory = rankNulls(rows, columns);
  const drawn = Array.from({ length: repetitions }, () => {
    const s = singularValues(draw(rows, columns, random, laws.normal));
    return {
      stableRank: stableRank(s),
      effectiveRank: effectiveRank(s),
      participationRatio: participationRatio(s),
      hoyer: hoyerSparsity(s),
    };
  });
  for (const field of Object.keys(theory)) {
    const values = drawn.map((one) => one[field]);
    const mean = values.reduce((sum, x) => sum + x, 0) / repetitions;
    const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / repetitions);
    const { value, spread } = theory[field];
    ranks.push({
      size: `${rows}×${columns}`,
      measure: field,
      simulated: mean.toFixed(4),
      theory: value.toFixed(4),
      "off, spreads": ((value - mean) / spread).toFixed(2),
      "sd simulated": sd.toFixed(4),
      "spread claimed": spread.toFixed(4),
    });
  }
}
console.log(`Rank measures of Gaussian noise, ${repetitions} matrices each`);
console.table(ranks);

const spikes = [];
for (const [rows, columns, theta] of [
  [100, 200, 1.5],
  [200, 400, 1.5],
  [128, 128, 2],
]) {
  const random = new Random(5);
  const times = Math.max(10, Math.floor(repetitions / 20));
  const mean = { outlier: 0, strength: 0, left: 0, right: 0 };
  for (let k = 0; k < times; k++) {
    const matrix = draw(rows, columns, random, laws.normal);
    const u = random.direction(rows);
    const v = random.direction(columns);
    matrix.data = matrix.data.map(
      (x, at) => x / Math.sqrt(columns) + theta * u[Math.floor(at / columns)] * v[at % columns],
    );
    const { values, left, right } = topTriplets(matrix, 1);
    const overlap = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0) ** 2;
    mean.outlier += values[0] / times;
    mean.strength += (spikeOf(values[0], rows / columns)?.strength ?? 0) / times;
    mean.left += overlap(left[0], u) / times;
    mean.right += overlap(right[0], v) / times;
  }
  const { shortOverlap, longOverlap } = overlapsOf(theta, rows / columns);
  const beside = (found, theory) => `${found.toFixed(4)} / ${theory.toFixed(4)}`;
  spikes.push({
    size: `${rows}×${columns}`,
    θ: theta,
    "σ₁ / theory": beside(mean.outlier, outlierOf(theta, rows / columns)),
    "θ found": mean.strength.toFixed(4),
    "left overlap² / theory": beside(mean.left, shortOverlap),
    "right overlap² / theory": beside(mean.right, longOverlap),
  });
}
console.log("A planted direction: outlier, strength read back, overlaps (mean / theory)");
console.table(spikes);

// Noise has no power law, yet every fit returns an exponent: what it says, and how often the product would show it.
const tails = [];
for (const [rows, columns] of [
  [400, 400],
  [128, 512],
]) {
  const random = new Random(7);
  const times = Math.max(5, Math.floor(repetitions / 20));
  const alphas = [];
  const counts = [];
  let beaten = 0;
  for (let k = 0; k < times; k++) {
    const lambda = singularValues(draw(rows, columns, random, laws.normal)).map((s) => s * s);
    const fit = fitPowerLaw(lambda);
    alphas.push(fit.alpha);
    counts.push(fit.tailCount);
    if (fit.tailCount < 50 || againstLogNormal(lambda, fit).ratio < 0) beaten++;
  }
  tails.push({
    size: `${rows}×${columns}`,
    "α mean": (alphas.reduce((sum, x) => sum + x, 0) / times).toFixed(2),
    "α range": `${Math.min(...alphas).toFixed(1)} – ${Math.max(...alphas).toFixed(1)}`,
    tail: `${Math.min(...counts)} – ${Math.max(...counts)}`,
    "short, or log-normal fits better": `${beaten} of ${times}`,
  });
}
console.log("Power-law fits of Gaussian noise (the specification's run of 400×400: α 4.7 – 10.2, mean 7.9)");
console.table(tails);
