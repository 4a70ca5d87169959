import { COLUMNS32, COLUMNS64 } from "./tile";

// Blocking: a packed strip of B (DEPTH × WIDTH) stays in the L2 or L3 cache, a packed block of A (HEIGHT × DEPTH) in L2, one panel of each in L1.
// HEIGHT is a multiple of every tile's rows (5 and 6), WIDTH of every tile's columns.
export const DEPTH: i32 = 256;
export const HEIGHT: i32 = 120;
export const WIDTH: i32 = 1024;

/** Fixed places at the start of the memory; what lies behind the end belongs to the caller. */
export const PACKED_A: usize = 1024;
export const PACKED_B: usize = PACKED_A + DEPTH * HEIGHT * 8;
export const EDGE_TILE: usize = PACKED_B + DEPTH * WIDTH * 8;
export const WORKSPACE_END: usize = EDGE_TILE + 65536;

export function workspaceEnd(): usize {
  return WORKSPACE_END;
}

/** Columns of a register tile. */
export function tileColumns<T>(): i32 {
  return sizeof<T>() === 8 ? COLUMNS64 : COLUMNS32;
}
