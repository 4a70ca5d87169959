// Matrices on disk, so that every contestant is given the same bytes.
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../../../scripts/_lib/process.mjs";
import { trainedMatrix } from "./trained.mjs";

/** Part of the files' names: raise it when what is written changes. */
const VERSION = 1;
const FOLDER = join(CACHE, "bench", "matrices");

/** How often one round decomposes a matrix: about a tenth of a second of work. */
function repeatsFor(rows, columns) {
  const side = Math.min(rows, columns);
  return side <= 128 ? 50 : side <= 256 ? 12 : side <= 512 ? 4 : 1;
}

/** A trained-looking float32 matrix, row-major, little-endian; { path, rows, columns, repeats }. */
export async function matrixFile(rows, columns, gemm) {
  const path = join(FOLDER, `trained-${rows}x${columns}-${VERSION}.f32`);
  if (!existsSync(path)) await store(path, trainedMatrix(rows, columns, rows + 7 * columns, gemm));
  return { path, rows, columns, repeats: repeatsFor(rows, columns) };
}

/** `elements` codes of a narrow dtype: every pattern that is a finite number, in a scattered order. */
export async function codesFile(name, bytesEach, elements, keep) {
  const path = join(FOLDER, `codes-${name}-${elements}-${VERSION}.bin`);
  if (existsSync(path)) return path;
  const patterns = [];
  for (let code = 0; code < 256 ** bytesEach; code++) if (keep(code)) patterns.push(code);
  const codes = bytesEach === 2 ? new Uint16Array(elements) : new Uint8Array(elements);
  for (let i = 0; i < elements; i++) codes[i] = patterns[(i * 40503) % patterns.length];
  await store(path, codes);
  return path;
}

/** A float64 matrix, row-major, little-endian; { path, rows, columns }. Written anew each time: these are small. */
export async function rawFile(name, { rows, columns, data }) {
  const path = join(FOLDER, `raw-${name.replace(/[^a-z0-9]+/gi, "-")}.f64`);
  await store(path, data);
  return { path, rows, columns };
}

async function store(path, values) {
  await mkdir(FOLDER, { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  await writeFile(beside, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  await rename(beside, path);
}
