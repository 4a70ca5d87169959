// Matrices that singular-value codes go wrong on, by their reasons. Float64, seeded; singular values planted by reflections from both sides.
import { normalSource } from "./random.mjs";

/** Reflections on each side: enough for a diagonal to become dense. */
const REFLECTIONS = 4;

/** rows × columns with these singular values: diag(values) between products of random Householder reflections. */
export function planted(rows, columns, values, seed) {
  const data = new Float64Array(rows * columns);
  for (const [k, value] of values.entries()) data[k * columns + k] = value;
  const { fill } = normalSource(seed);
  for (let pass = 0; pass < REFLECTIONS; pass++) {
    reflectRows(data, rows, columns, unit(fill(new Float64Array(rows))));
    reflectColumns(data, rows, columns, unit(fill(new Float64Array(columns))));
  }
  return { rows, columns, data };
}

function gaussian(rows, columns, seed, scale = 1) {
  return { rows, columns, data: normalSource(seed).fill(new Float64Array(rows * columns), scale) };
}

function lowRank(rows, columns, rank, seed) {
  const [left, right] = [gaussian(rows, rank, seed), gaussian(rank, columns, seed + 1)];
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < rank; k++)
      for (let j = 0; j < columns; j++) data[i * columns + j] += left.data[i * rank + k] * right.data[k * columns + j];
  return { rows, columns, data };
}

function graded(rows, columns, seed, decades) {
  const matrix = gaussian(rows, columns, seed);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) matrix.data[i * columns + j] *= 10 ** (-(decades * i) / (rows - 1));
  return matrix;
}

const geometric = (count, decades) => Array.from({ length: count }, (_, k) => 10 ** ((-decades * k) / (count - 1)));

/** name → how to make it, in the order of the table. */
export const HARD = {
  "well conditioned, 300×200": () => gaussian(300, 200, 1),
  "square Gaussian, 512×512": () => gaussian(512, 512, 2),
  "wide, 256×2048": () => gaussian(256, 2048, 3),
  "ill conditioned, 1e-7": () => planted(256, 256, geometric(256, 7), 4),
  "ill conditioned, 1e-14": () => planted(256, 200, geometric(200, 14), 5),
  "rank 40 of 200": () => lowRank(260, 200, 40, 6),
  "rank 1": () => lowRank(128, 300, 1, 8),
  "graded rows, 12 decades": () => graded(240, 240, 9, 12),
  "clustered: 1, 1e-3, 1e-6": () =>
    planted(
      240,
      240,
      Array.from({ length: 240 }, (_, k) => 10 ** (-3 * Math.floor(k / 80)) * (1 + 1e-12 * k)),
      10,
    ),
  identity: () => planted(200, 200, new Array(200).fill(1), 11),
  "tiny, times 1e-290": () => gaussian(150, 130, 12, 1e-290),
  "huge, times 1e290": () => gaussian(150, 130, 13, 1e290),
  "1×500": () => gaussian(1, 500, 14),
  "500×1": () => gaussian(500, 1, 15),
};

function unit(x) {
  const norm = Math.hypot(...x);
  return x.map((value) => value / norm);
}

/** (I − 2uuᵀ)·A. */
function reflectRows(data, rows, columns, u) {
  const image = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) image[j] += u[i] * data[i * columns + j];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[i * columns + j] -= 2 * u[i] * image[j];
}

/** A·(I − 2vvᵀ). */
function reflectColumns(data, rows, columns, v) {
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    for (let j = 0; j < columns; j++) dot += data[i * columns + j] * v[j];
    for (let j = 0; j < columns; j++) data[i * columns + j] -= 2 * dot * v[j];
  }
}
