import { ModeScopeError } from "../../base/errors.ts";
import type { Block, Block64 } from "./types.ts";

/** Every set refuses the same wrong operands. Returns the rows of one matrix of the stack. */
export function requirePairShapes(
  sums: Block64,
  stack: Block<Float32Array | Float64Array>,
  count: number,
  down: boolean,
): number {
  const rows = stack.rows / count;
  const wanted = down ? stack.columns : rows;
  if (!Number.isInteger(rows) || sums.rows !== (count * (count + 1)) / 2 || sums.columns !== wanted)
    throw new ModeScopeError("internal", "The operands of sums over pairs do not fit one another.");
  return rows;
}
