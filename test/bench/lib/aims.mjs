// What was aimed at, beside what was measured. Floors and aims are the design's; the verdict is arithmetic.
import { memoryBound } from "../rows/checkpoint.mjs";
import { bytes, markdownTable, power, ratio, time } from "./table.mjs";

/** Smaller sides from here on count as weight matrices of language and vision models. */
const WEIGHT_SIDE = 768;
const MEBIBYTE = 2 ** 20;

/** "aim", "floor" or "missed"; null where something was not measured. `floor` and `aim` are lists of truths. */
export function verdict(floor, aim) {
  if ([...floor, ...aim].some((truth) => truth === null)) return null;
  if (!floor.every(Boolean)) return "missed";
  return aim.every(Boolean) ? "aim" : "floor";
}

const atLeast = (value, bound) => (Number.isFinite(value) ? value >= bound : null);
const atMost = (value, bound) => (Number.isFinite(value) ? value <= bound : null);

export function aimsTable(rows) {
  const lines = [
    valuesAim(rows.values),
    topAim(rows.topk),
    ...checkpointAims(rows.checkpoint),
    openingAim(rows.opening),
    accuracyAim(rows.accuracy),
  ];
  return markdownTable(["task", "floor", "aim", "measured", "reached"], lines.filter(Boolean));
}

const WORDS = { aim: "aim", floor: "floor", missed: "**missed**" };
const said = (floor, aim) => WORDS[verdict(floor, aim)] ?? "not measured in full";

function range(ratios) {
  const known = ratios.filter(Number.isFinite);
  return known.length === 0 ? "–" : `${ratio(Math.min(...known))} – ${ratio(Math.max(...known))}`;
}

function valuesAim(result) {
  if (result === undefined) return null;
  const cells = result.cases
    .filter(({ name }) => Math.min(...name.split("×").map(Number)) >= WEIGHT_SIDE)
    .map((one) => one.cells);
  const least = (id) => Math.min(...cells.map((cell) => cell[id]?.ratio ?? Number.NaN));
  return [
    "every singular value, smaller side 768 – 4096, one thread each",
    "≥ NumPy",
    "≥ 2× NumPy, ≥ 1.2× PyTorch",
    `${range(cells.map((cell) => cell.numpy1?.ratio))} NumPy, ${range(cells.map((cell) => cell.torch1?.ratio))} PyTorch`,
    said([atLeast(least("numpy1"), 1)], [atLeast(least("numpy1"), 2), atLeast(least("torch1"), 1.2)]),
  ];
}

function topAim(result) {
  const large = result?.cases.find(({ name }) => name === "4096×11008")?.cells;
  if (large === undefined) return null;
  const [svds, lowrank] = [large.svds?.ratio ?? Number.NaN, large.lowrank?.ratio ?? Number.NaN];
  return [
    "top 32 triplets, residual 1e-3, 4096×11008",
    "≥ svds",
    "≥ 3× svds, ≥ svd_lowrank",
    `${ratio(svds)} svds, ${ratio(lowrank)} svd_lowrank`,
    said([atLeast(svds, 1)], [atLeast(svds, 3), atLeast(lowrank, 1)]),
  ];
}

function checkpointAims(result) {
  const cells = result?.cases.find(({ name }) => name === "bert-base")?.cells;
  if (cells === undefined) return [];
  const [numpy, watcher] = [cells.numpy?.ratio ?? Number.NaN, cells.weightwatcher?.ratio ?? Number.NaN];
  const inside = cells.product?.answer?.inside;
  const bound = inside ? memoryBound(inside, inside.workers) : Number.NaN;
  const peak = inside?.peakBytes ?? Number.NaN;
  return [
    [
      "checkpoint of BERT-base size, file to table",
      "≥ NumPy loop",
      "≥ 3× WeightWatcher",
      `${ratio(numpy)} NumPy loop, ${ratio(watcher)} WeightWatcher`,
      said([atLeast(numpy, 1)], [atLeast(watcher, 3)]),
    ],
    [
      "memory while analysing it",
      `≤ 4 × largest tensor × workers + 200 MB = ${bytes(bound)}`,
      "",
      `${bytes(peak)} at the peak`,
      said([atMost(peak, bound)], []),
    ],
  ];
}

function openingAim(result) {
  if (result === undefined) return null;
  const slowest = Math.max(...result.cases.map(({ fromNothing }) => fromNothing));
  const beyond = Math.max(...result.cases.map(({ bytesRead, headerBytes }) => bytesRead - headerBytes));
  return [
    "opening a checkpoint of any size, process start included",
    "≤ 300 ms",
    "≤ 100 ms; reads ≤ header + 1 MiB",
    `${time(slowest)}; header + ${bytes(Math.max(0, beyond))}`,
    said([atMost(slowest, 0.3)], [atMost(slowest, 0.1), atMost(beyond, MEBIBYTE)]),
  ];
}

function accuracyAim(result) {
  if (result === undefined) return null;
  const worst = (field) => Math.max(...result.cases.map((one) => one[field] ?? Number.NaN));
  const [error, orthogonality, residual] = [worst("error"), worst("orthogonality"), worst("residual")];
  return [
    "vectors of every singular value shown, small ones too",
    "max |QᵀQ − I| ≤ 1e-6, residual ≤ 1e-6·σ₁",
    "",
    `${power(orthogonality)}, ${power(residual)}; values to ${power(error)}·σ₁ of LAPACK's`,
    said([atMost(orthogonality, 1e-6), atMost(residual, 1e-6)], []),
  ];
}
