import type { Activation } from "../../numerics/meanField/activation.ts";
import { criticalAt, halfStable } from "../../numerics/meanField/criticalLine.ts";
import { slopeMoment } from "../../numerics/meanField/moments.ts";

/** Where the nearest critical initialization lies: σ_w² (for a given σ_b², where the line has one there), or that there is none. */
export interface CriticalPoint {
  readonly weight: number;
  readonly bias: number;
}

/** σ_w² = 103.0075539 with q* = 45.6242778: where sigmoid's critical line begins. */
const SIGMOID_START: CriticalPoint = { weight: 103.0075539, bias: 0 };

const cache = new Map<string, CriticalPoint | null>();

/** The critical point at this σ_b² if there is one, else the activation's own: (2, 0) for ReLU, the half-stable point of GELU and SiLU. */
export function nearestCritical(activation: Activation, bias: number): CriticalPoint | null {
  const key = `${activation.id} ${bias}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const found = search(activation, bias);
  if (cache.size > 200) cache.clear();
  cache.set(key, found);
  return found;
}

function search(activation: Activation, bias: number): CriticalPoint | null {
  // One point for activations without a scale: any bias lets q grow.
  if (activation.slopes !== null) return { weight: 1 / slopeMoment(activation, 1), bias: 0 };
  if (activation.id === "sigmoid") return SIGMOID_START;
  if (activation.odd) {
    if (bias === 0) return { weight: 1 / activation.slope(0) ** 2, bias: 0 };
    const at = criticalAt(activation, bias);
    return at?.attainable === true ? { weight: at.weight, bias } : { weight: 1 / activation.slope(0) ** 2, bias: 0 };
  }
  const half = halfStable(activation);
  return half?.attainable === true ? { weight: half.weight, bias: half.bias } : null;
}
