import { COLUMNS32, COLUMNS64 } from "./tile";

// Blocking: a packed strip of B (DEPTH × WIDTH) stays in the L2 or L3 cache, a packed block of A (HEIGHT × DEPTH) in L2, one panel of each in L1.
// HEIGHT is a multiple of every tile's rows (5 and 6), WIDTH of every tile's columns.
export const DEPTH: i32 = 256;
export const HEIGHT: i32 = 120;
export const WIDTH: i32 = 1024;

/** Places in the workspace, from its start; what lies behind the end belongs to the caller. */
const PACKED_A: usize = 0;
const PACKED_B: usize = PACKED_A + DEPTH * HEIGHT * 8;
export const PACKED_B_BYTES: usize = DEPTH * WIDTH * 8;
const EDGE_TILE: usize = PACKED_B + PACKED_B_BYTES;
export const WORKSPACE_BYTES: usize = EDGE_TILE + 65536;

/** Where this instance keeps its workspace. Threads that share a memory have one instance and one workspace each. */
let start: usize = 1024;

export function useWorkspace(at: usize): void {
  start = at;
}

export function workspaceBytes(): usize {
  return WORKSPACE_BYTES;
}

export function packedA(): usize {
  return start + PACKED_A;
}

export function packedB(): usize {
  return start + PACKED_B;
}

export function edgeTile(): usize {
  return start + EDGE_TILE;
}

/** Columns of a register tile. */
export function tileColumns<T>(): i32 {
  return sizeof<T>() === 8 ? COLUMNS64 : COLUMNS32;
}
