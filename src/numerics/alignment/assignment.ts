/**
 * The linear assignment problem: to every row its own column, so that the chosen entries add up to the least.
 * Source: shortest augmenting paths with dual prices, Jonker & Volgenant 1987, Computing 38, 325; in the form of Crouse 2016, IEEE Trans. Aerosp. 52, 1679.
 * Shapes: `cost` n × n, row-major, finite. Several best assignments may exist; which is returned depends on the order of columns. Exact. Cost: O(n³), 8n² bytes.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";

/** Column of each row. */
export function leastAssignment(
  cost: Float64Array,
  n: number,
  cancel: CancelToken = NEVER_CANCELLED,
): Int32Array<ArrayBuffer> {
  const [rowPrice, columnPrice] = [new Float64Array(n), new Float64Array(n)];
  const columnOf = new Int32Array(n).fill(-1);
  const rowOf = new Int32Array(n).fill(-1);
  const distance = new Float64Array(n);
  const before = new Int32Array(n);
  // Columns that the tree of paths has reached, behind those that it has not.
  const columns = new Int32Array(n);
  const rowSeen = new Uint8Array(n);
  for (let free = 0; free < n; free++) {
    if (free % 16 === 0) cancel.throwIfCancelled();
    distance.fill(Number.POSITIVE_INFINITY);
    rowSeen.fill(0);
    // From the last on: where all cost the same, every row gets the column of its own number.
    for (let k = 0; k < n; k++) columns[k] = n - 1 - k;
    let [row, reached, sink, left] = [free, 0, -1, n];
    while (sink < 0) {
      rowSeen[row] = 1;
      let [at, least] = [-1, Number.POSITIVE_INFINITY];
      const base = reached - rowPrice[row]!;
      const start = row * n;
      for (let k = 0; k < left; k++) {
        const j = columns[k]!;
        const length = base + cost[start + j]! - columnPrice[j]!;
        let nearest = distance[j]!;
        if (length < nearest) {
          nearest = length;
          distance[j] = length;
          before[j] = row;
        }
        // A column that is still free ends the path: of equally near ones it comes first.
        if (nearest < least || (nearest === least && rowOf[j] === -1)) {
          least = nearest;
          at = k;
        }
      }
      reached = least;
      const nearest = columns[at]!;
      left--;
      columns[at] = columns[left]!;
      columns[left] = nearest;
      if (rowOf[nearest] === -1) sink = nearest;
      else row = rowOf[nearest]!;
    }
    rowPrice[free]! += reached;
    for (let i = 0; i < n; i++) if (rowSeen[i] === 1 && i !== free) rowPrice[i]! += reached - distance[columnOf[i]!]!;
    for (let k = left; k < n; k++) columnPrice[columns[k]!]! -= reached - distance[columns[k]!]!;
    for (let j = sink; ; ) {
      const i = before[j]!;
      rowOf[j] = i;
      [columnOf[i], j] = [j, columnOf[i]!];
      if (i === free) break;
    }
  }
  return columnOf;
}
