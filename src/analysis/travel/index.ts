import { ModeScopeError } from "../../base/errors.ts";
import { frobeniusSquare } from "../../numerics/dense.ts";
import { travelOf } from "../../numerics/randomMatrix/travel.ts";
import { loadMatrix } from "../_shared/input.ts";
import type { Said } from "../_shared/null/types.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis, Measured } from "../types.ts";
import { changeSpectrum } from "./change.ts";
import { manifest } from "./manifest.ts";
import type { ChangeSpectrum, TravelResult } from "./types.ts";

export const travelAnalysis: Analysis<TravelResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { modes, exactLimit } = readParameters(manifest.parameters, parameters);
    const { reference, cancel } = context;
    if (reference === undefined || "reason" in reference)
      throw new ModeScopeError("unsupported", reference?.reason ?? "There is no earlier checkpoint to compare with.", {
        tensor: context.tensor.name,
      });
    const trained = await loadMatrix({ ...context, progress: (fraction) => context.progress(0.2 * fraction) });
    const initial = await loadMatrix({
      ...context,
      ...reference,
      progress: (fraction) => context.progress(0.2 + 0.2 * fraction),
    });
    const { difference, relative } = travelOf(initial, trained);
    const exact = (value: number, method: string): Measured => ({ value, how: { kind: "exact", method } });
    const norms = [initial, trained].map((matrix) => Math.sqrt(frobeniusSquare(matrix)));
    const [before = 0, after = 0] = norms;
    let inner = 0;
    for (let i = 0; i < initial.data.length; i++) inner += (initial.data[i] as number) * (trained.data[i] as number);
    const method = "all entries of both checkpoints in float64";
    const change: Said<ChangeSpectrum> = !modes
      ? { value: null, reason: "Only the size of the change was asked for." }
      : relative === 0
        ? { value: null, reason: "Nothing changed: every entry is what it was." }
        : {
            reason: null,
            value: changeSpectrum({
              change: difference,
              initial,
              trained,
              exactLimit,
              cancel,
              progress: (fraction) => context.progress(0.4 + 0.6 * fraction),
            }),
          };
    return {
      reading: trained.reading,
      rows: trained.rows,
      columns: trained.columns,
      travel: exact(relative, method),
      changeNorm: exact(Math.sqrt(frobeniusSquare(difference)), method),
      initialNorm: exact(before, method),
      cosine: exact(before === 0 || after === 0 ? Number.NaN : inner / (before * after), method),
      change,
    };
  },
};
