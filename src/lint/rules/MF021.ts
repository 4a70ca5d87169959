import { knownNumber } from "../python/values/quantity.ts";
import { figure } from "../theory/words.ts";
import type { Rule } from "./types.ts";

/** Gradient descent on a deep linear network diverges where its step is too long for the data's strongest mode. */
export const MF021: Rule = {
  id: "MF021",
  title: "Learning rate too large for the strongest mode",
  severity: "warning",
  of: "source",
  looksAt: "source",
  check({ models, source, settings, text }) {
    if (settings.topMode <= 0) return [];
    return models.flatMap(({ network }) => {
      const { chain } = network;
      if (
        chain === null ||
        chain.length < 1 ||
        chain.some(({ activation }) => activation !== "linear") ||
        !usesMeanSquare(text({ ...network.site, from: -network.site.unit.base, to: Number.MAX_SAFE_INTEGER }))
      )
        return [];
      const outputs = knownNumber(chain.at(-1)?.use.module.outputs ?? null);
      const depth = chain.length;
      if (outputs === null) return [];
      const limit = outputs / (depth * settings.topMode ** (2 - 2 / depth));
      return source.optimizers.flatMap(({ site, rate, momentum }) =>
        rate !== null && momentum === 0 && rate > limit
          ? [
              {
                at: site,
                message: `A rate of ${figure(rate)} is beyond ${figure(limit)}: with ${figure(outputs)} outputs, ${depth} linear layers and the mean squared error, the strongest mode of the data (s₁ = ${figure(settings.topMode)}) then overshoots and diverges.`,
                assumptions: ["whitened inputs", "MSELoss with its mean over all entries", "s₁ from the settings"],
              },
            ]
          : [],
      );
    });
  },
};

function usesMeanSquare(source: string): boolean {
  return /\bMSELoss\(\s*\)|\bmse_loss\(/.test(source);
}
