import { type Bulk, singularValueDensity, unitCdf } from "../../../numerics/randomMatrix/marchenkoPastur.ts";
import type { BulkCurve } from "./types.ts";

const POINTS = 97;

/** The fitted bulk as a curve, its points denser towards both edges, where it bends. */
export function bulkCurve(bulk: Bulk): BulkCurve {
  const sigma = new Float32Array(POINTS);
  const density = new Float32Array(POINTS);
  const below = new Float32Array(POINTS);
  for (let i = 0; i < POINTS; i++) {
    const share = (1 - Math.cos((Math.PI * i) / (POINTS - 1))) / 2;
    const s = bulk.lower + (bulk.upper - bulk.lower) * share;
    sigma[i] = s;
    density[i] = singularValueDensity(s, bulk);
    below[i] = bulk.unit === 0 ? 0 : unitCdf((s / bulk.unit) ** 2, bulk.beta);
  }
  return { sigma, density, below };
}
