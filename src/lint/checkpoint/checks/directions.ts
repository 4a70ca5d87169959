import { figure } from "../../theory/words.ts";
import { missingDirections } from "../rank.ts";
import type { WeightCheck } from "../types.ts";

/** Fewer directions than noise of this size has. */
export const rank: WeightCheck = ({ rank: reading, origin, measure }) => {
  if (reading === null || origin.kind === "constant" || reading.full < 2) return [];
  const missing = missingDirections(reading);
  const { small, twinRows, oppositeRows, constantRows } = measure;
  // What units without weights and twins take away has been said of them already; small rows and columns have small values of their own.
  const lost = small + twinRows.length + oppositeRows.length + constantRows.length;
  if (missing <= lost) return [];
  const expected =
    reading.expected < 0.01 ? "none" : `${figure(reading.expected)} ± ${figure(Math.sqrt(reading.expected))}`;
  return [
    {
      rule: "MF023",
      severity: "warning",
      message: `Rank ${reading.rank} of ${reading.full}: ${missing} singular values lie below ${figure(reading.threshold)}, where the file's precision cannot tell them from 0; noise of this size has ${expected} there (Marchenko–Pastur). What lies along those directions does not pass.`,
      assumptions: ["rounding errors of the stored type, independent"],
    },
  ];
};

/** A widening layer cannot keep lengths by orthogonal columns at this gain. */
export const widening: WeightCheck = ({ origin, measure, shape }, { verdict }) => {
  if (origin.kind !== "law" || origin.law !== "orthogonal" || verdict.kind === "trained") return [];
  const { rows, columns, meanSquare } = measure;
  if (rows < 1.5 * columns || shape.kind === "embedding" || shape.kind === "recurrent") return [];
  const gain = Math.sqrt(rows * meanSquare);
  return [
    {
      rule: "MF019",
      severity: "information",
      message: `Orthogonal in a layer that widens from ${columns} to ${rows}: its columns have length ${figure(gain)}, its units only σ_w² = ${figure(columns * meanSquare)}. Signals keep their length, each unit's pre-activation does not: for σ_w² = ${figure(gain * gain)} the gain is ${figure(gain * Math.sqrt(rows / columns))}.`,
    },
  ];
};
