import { figure } from "../../theory/words.ts";
import { CENTRED, isDrawn } from "../origin.ts";
import type { WeightCheck } from "../types.ts";

/** Entries that are no numbers. */
export const nonFinite: WeightCheck = ({ measure: { nan, infinite, rows, columns, firstBad } }) => {
  if (nan + infinite === 0) return [];
  const [row, column] = [Math.floor((firstBad ?? 0) / columns), (firstBad ?? 0) % columns];
  return [
    {
      rule: "MF022",
      severity: "error",
      message: `${nan} NaN and ${infinite} infinite of ${rows * columns} entries, the first in unit ${row}, input ${column}: training has diverged, or the file is damaged.`,
    },
  ];
};

/** A mean that independent draws around 0 do not have. */
export const mean: WeightCheck = ({ measure, origin, shape }, { verdict }) => {
  const { meanScore, meanSquare, columns, deviation } = measure;
  if (Math.abs(meanScore) <= CENTRED || !isDrawn(origin) || verdict.kind !== "initialization") return [];
  if (shape.kind === "embedding") return [];
  const spike = Math.abs(measure.mean) * Math.sqrt(measure.rows * columns);
  const edge = deviation * (Math.sqrt(measure.rows) + Math.sqrt(columns));
  return [
    {
      rule: "MF008",
      severity: spike > edge ? "warning" : "information",
      message: `The entries have mean ${figure(measure.mean)} ± ${figure(deviation / Math.sqrt(measure.rows * columns))}, ${figure(Math.abs(meanScore))} standard errors from 0. It adds a singular value of ${figure(spike)} where noise ends at ${figure(edge)}, and σ_w² = ${figure(columns * meanSquare)} counts it in.`,
      assumptions: ["independent entries of one law"],
    },
  ];
};

/** More of a weight's energy than this in one entry is no weight any more. Trained networks have entries with 80 % of it. */
const MOST = 0.99;
/** Of fewer entries one may well be the largest by far. */
const FEWEST = 64;

/** One entry beside which the others do not count: a flipped bit, a planted spike. */
export const spike: WeightCheck = ({ measure: { largest, meanSquare, rows, columns, nan, infinite, zeros } }) => {
  const entries = rows * columns - nan - infinite;
  const share = (largest * largest) / (entries * meanSquare);
  if (!(share > MOST) || entries - zeros < FEWEST) return [];
  return [
    {
      rule: "MF025",
      severity: "warning",
      message: `One entry, of size ${figure(largest)}, holds ${figure(100 * share)} % of the weight's energy (ΣW²) among ${entries}. The largest of as many normal ones holds ${figure((200 * Math.log(entries)) / entries)} %: a damaged file, or training that has broken down.`,
    },
  ];
};
