/**
 * The time constant τ of the theory in optimizer steps, sum convention (Σ³¹ summed over items, one-hot or white inputs with Σ¹¹ = I), full batch.
 * Derivation: the gradient of the loss is minus Σ³¹ − W times a factor f; gradient descent with rate η then moves dW = η f (…) a step, so τ = 1/(ηf).
 *   half-sum  ½ Σ ‖y − ŷ‖²              f = 1         Saxe, McClelland & Ganguli 2014
 *   sum       Σ ‖y − ŷ‖²                f = 2         torch MSELoss(reduction="sum")
 *   mean      mean over items·properties f = 2/(P·N₃)  torch MSELoss(), Keras "mse"
 * Momentum β makes the step 1/(1 − β) times as long once about 1/(1 − β) steps have passed.
 * Adam, RMSProp and the like divide by the size of the gradient: modes then learn at nearly equal speed, and no τ is given.
 */
export type Loss = "half-sum" | "sum" | "mean";
export const LOSSES: readonly Loss[] = ["half-sum", "sum", "mean"];

export function timeConstant(
  loss: Loss,
  { rate, momentum, items, properties }: { rate: number; momentum: number; items: number; properties: number },
): number {
  const factor = loss === "half-sum" ? 1 : loss === "sum" ? 2 : 2 / (items * properties);
  return (1 - momentum) / (rate * factor);
}
