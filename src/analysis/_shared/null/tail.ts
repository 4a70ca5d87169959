import type { CancelToken } from "../../../base/cancel.ts";
import { fitPowerLaw } from "../../../numerics/randomMatrix/powerLaw.ts";
import { againstLogNormal, powerLawGoodness } from "../../../numerics/randomMatrix/powerLawTests.ts";
import type { NoiseAccount, Said, TailAccount } from "./types.ts";

const MIN_TAIL = 50;
const REFUSED = 0.1;

/** The power law of the eigenvalues' tail with its tests; hidden, with the reason, wherever the exponent would mean nothing. */
export function tailAccount(
  s: Float64Array,
  noise: NoiseAccount | null,
  options: {
    readonly draws: number;
    readonly seed: number;
    readonly cancel: CancelToken;
    progress(part: number): void;
  },
): Said<TailAccount> {
  const hidden = (reason: string): Said<TailAccount> => ({ value: null, reason });
  if (noise !== null && noise.signalModes.value === 0)
    return hidden(
      "No singular value leaves the noise: there is no tail, and the fit would return an exponent all the same.",
    );
  const lambda = s.map((value) => value * value);
  const fit = fitPowerLaw(lambda);
  if (fit === null) return hidden("There are not two different singular values.");
  if (fit.tailCount < MIN_TAIL)
    return hidden(`The tail has ${fit.tailCount} eigenvalues; below ${MIN_TAIL} an exponent means nothing.`);
  const logNormal = againstLogNormal(lambda, fit);
  if (logNormal.z < 0 && logNormal.p < REFUSED)
    return hidden(`A log-normal tail fits better (z = ${logNormal.z.toFixed(2)}, p = ${logNormal.p.toPrecision(2)}).`);
  const { p, draws } = powerLawGoodness(lambda, fit, options);
  if (p < REFUSED) return hidden(`The tail is no power law (Kolmogorov–Smirnov, bootstrap p = ${p.toPrecision(2)}).`);
  return {
    reason: null,
    value: {
      alpha: {
        value: fit.alpha,
        how: {
          kind: "estimate",
          standardError: fit.standardError,
          method: `maximum likelihood on the ${fit.tailCount} largest eigenvalues`,
        },
      },
      xMin: fit.xMin,
      tailCount: fit.tailCount,
      ksDistance: fit.distance,
      ksP: p,
      ksDraws: draws,
      logNormalZ: logNormal.z,
      logNormalP: logNormal.p,
    },
  };
}
