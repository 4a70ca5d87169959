import { setFlagsFromString } from "node:v8";
import { loadKernels } from "./load.ts";
import type { Block, Kernels } from "./types.ts";

// Node 20 has relaxed SIMD behind this flag; it must be set before the first module is compiled.
setFlagsFromString("--experimental-wasm-relaxed-simd");

export const SETS: readonly Kernels[] = (["wide", "multiply-add", "simd", "plain"] as const).map((only) =>
  loadKernels({ only }),
);

type Values = Float32Array | Float64Array;

export function random(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

/** A random block with `spare` elements between rows, all of them random too. */
export function block<Data extends Values>(
  data: Data,
  [rows, columns]: readonly [number, number],
  spare: number,
  next: () => number,
): Block<Data> {
  for (let i = 0; i < data.length; i++) data[i] = next();
  return { data, rows, columns, stride: columns + spare };
}

/** Element (i, j) of op(A). */
export const entry = ({ data, stride }: Block<Values>, i: number, j: number, transpose = false): number =>
  data[transpose ? j * stride + i : i * stride + j] as number;

/** Bytes enough for any test here. */
export const ROOM = 32 * 2 ** 20;
