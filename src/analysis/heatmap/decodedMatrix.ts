import type { Checkpoint } from "../../formats/types.ts";
import { type LoadedMatrix, loadMatrix, throwIfCancelled } from "../_shared/input.ts";
import { leadingPair, orderOf } from "../_shared/leadingPair.ts";
import type { AnalysisContext } from "../types.ts";
import { type ColourScale, colourScale } from "./scale.ts";

interface Orders {
  readonly rowOrder: Uint32Array<ArrayBuffer>;
  readonly columnOrder: Uint32Array<ArrayBuffer>;
}

/** A matrix with what all of its tiles share. */
export interface DecodedMatrix {
  readonly matrix: LoadedMatrix;
  readonly scale: ColourScale;
  orders?: Orders;
}

/** What may stay in memory between two tiles, per worker: a 8192 × 16384 matrix of float32. */
const MAX_KEPT_BYTES = 512 * 1024 * 1024;

/** Only the last matrix: a person pans one picture at a time. */
let last: { readonly checkpoint: Checkpoint; readonly key: string; readonly decoded: DecodedMatrix } | null = null;

/** The target's matrix: the one of the last tile, or decoded anew. */
export async function decodedMatrix(context: AnalysisContext): Promise<DecodedMatrix> {
  const { checkpoint, target } = context;
  const key = JSON.stringify([checkpoint.version, target.tensor, target.part, target.tap]);
  if (last?.checkpoint === checkpoint && last.key === key) return last.decoded;
  last = null;
  const matrix = await loadMatrix(context);
  const scale = colourScale(matrix.data, () => throwIfCancelled(context));
  const decoded: DecodedMatrix = { matrix, scale };
  if (matrix.data.byteLength <= MAX_KEPT_BYTES) last = { checkpoint, key, decoded };
  return decoded;
}

/** Rows by the leading left, columns by the leading right singular vector, computed once per decoded matrix. */
export function ordersByMode(decoded: DecodedMatrix, context: AnalysisContext): Orders {
  if (decoded.orders === undefined) {
    const pair = leadingPair(decoded.matrix, context);
    decoded.orders = { rowOrder: orderOf(pair.left), columnOrder: orderOf(pair.right) };
  }
  return decoded.orders;
}
