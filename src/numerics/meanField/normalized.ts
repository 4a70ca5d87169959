/**
 * Chains with normalisation, at initialization. "Per layer" is said of the squared gradient norm or of the norm; the two differ by a square.
 */
import type { Activation } from "./activation.ts";
import { meanSquare, meanValue, slopeMoment } from "./moments.ts";

/**
 * (RMS or layer) norm before the activation: h is brought to q = 1, so the scale of W drops out, and each layer multiplies the squared gradient by
 * E φ′²/(E φ² + σ_b²/σ_w²) (Doshi et al. 2023). Where the norm subtracts a mean, h has none to speak of.
 */
export function preActivationNorm(activation: Activation, biasOverWeight = 0): number {
  return slopeMoment(activation, 1) / (meanSquare(activation, 1) + biasOverWeight);
}

/**
 * Norm that subtracts the mean, after the activation (layer norm of φ(Wx), or batch norm as the batch grows): each layer multiplies the squared gradient
 * by E φ′²/Var φ. ReLU: π/(π − 1) = 1.467, the norm by 1.211 (Yang et al. 2019). Such a network explodes at initialization; normalisation alone is no cure.
 */
export function postActivationNorm(activation: Activation, subtractsMean: boolean): number {
  const mean = subtractsMean ? meanValue(activation, 1) : 0;
  return slopeMoment(activation, 1) / (meanSquare(activation, 1) - mean * mean);
}

/** Linear layers with batch norm over B examples: the squared gradient grows by (B − 2)/(B − 3) a layer. Infinite for B ≤ 3. */
export function linearBatchNorm(batch: number): number {
  return batch > 3 ? (batch - 2) / (batch - 3) : Number.POSITIVE_INFINITY;
}
