import { Random } from "../../numerics/random.ts";
import { contextOf as contextIn, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";

export const contextOf = (rows: number, columns: number, values: Float32Array) =>
  contextIn(memoryCheckpoint({ w: { shape: [rows, columns], values, dtype: "f32" } }), { tensor: "w" });

/** Rows around the leaves of a tree of 2 × 2 × 2 properties; which leaf goes round with the row's number. */
export function tree(rows: number, columns: number, noise: number) {
  const random = new Random(6);
  const leaf = (row: number) => row % 8;
  const node = Array.from({ length: 15 }, () => Float64Array.from({ length: columns }, () => random.normal()));
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, p] = [Math.floor(at / columns), at % columns];
    const l = leaf(row);
    const path = [0, 1 + (l >> 2), 3 + (l >> 1), 7 + l];
    return path.reduce((sum, one, depth) => sum + node[one]![p]! * 0.5 ** depth, 0) + noise * random.normal();
  });
  return { values, leaf };
}
