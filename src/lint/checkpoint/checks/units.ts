import { figure } from "../../theory/words.ts";
import type { Draft, MeasuredWeight, WeightCheck } from "../types.ts";

/** Zero on purpose: adapters, gates, adaLN, what starts a residual branch at nothing. */
const MEANT_ZERO = /lora|adapter|ada|gate|modul|zero|control|mask|prior|offset|delta/i;
/** Fewer inputs than this are all negative by chance now and then: 2⁻¹⁶ a unit. */
const FEWEST_INPUTS = 16;
const SHOWN = 5;
/** Transforms that nobody draws or trains: sines of frequency 0 are zero. */
const FIXED = /basis|stft|fourier|window|filter_?bank|(^|[._/])mel|buffer/i;

/** All weights one number. */
export const constant: WeightCheck = ({ tensor, partLabel, origin, measure: { rows }, shape }) => {
  if (origin.kind !== "constant" || rows < 2 || shape.kind === "embedding") return [];
  if (origin.value !== 0)
    return [
      {
        rule: "MF009",
        severity: "error",
        message: `All weights are ${figure(origin.value)}: its ${rows} units compute the same and get the same gradient, so they stay one unit for ever.`,
      },
    ];
  if (MEANT_ZERO.test(`${tensor} ${partLabel ?? ""}`)) return [];
  return [
    {
      rule: "MF009",
      severity: "information",
      message:
        "All entries are 0. That is right for the last layer of a residual branch or an adapter; two such layers in a row never move.",
    },
  ];
};

/** Units and inputs without weights. */
export const dead: WeightCheck = ({ tensor, origin, measure, shape }) => {
  const { rows, columns, deadRows, deadColumns, fadedRows } = measure;
  if (origin.kind === "constant" || shape.kind === "embedding" || FIXED.test(tensor)) return [];
  const drafts: Draft[] = [];
  if (deadRows.length > 0 && deadRows.length < rows)
    drafts.push({
      rule: "MF010",
      severity: "warning",
      message: `${deadRows.length} of ${rows} units have no weights (${listed(deadRows)}): they answer to nothing. No law draws an exact 0.`,
    });
  if (fadedRows.length > 0)
    drafts.push({
      rule: "MF010",
      severity: "warning",
      message: `${fadedRows.length} of ${rows} units have died away (${listed(fadedRows)}): their weights are under a millionth of the median unit's, as weight decay leaves a unit that nothing feeds.`,
    });
  if (deadColumns > 0 && deadColumns < columns && deadRows.length === 0)
    drafts.push({
      rule: "MF010",
      severity: "information",
      message: `${deadColumns} of ${columns} inputs have no weights: what they carry is not used here.`,
    });
  return drafts;
};

/** Units that are one unit. */
export const alike: WeightCheck = ({ origin, measure, shape }, { verdict }) => {
  const { rows, columns, twinRows, oppositeRows, constantRows } = measure;
  if (origin.kind === "constant" || shape.kind === "embedding") return [];
  // The kernels of a depthwise layer look at channels of their own: alike is not the same there.
  if (columns === shape.taps && shape.taps > 1) return [];
  const drafts: Draft[] = [];
  // Depthwise kernels and single inputs have nobody to be alike; a whole layer of one constant is another finding.
  if (constantRows.length > 0 && columns > 2)
    drafts.push({
      rule: "MF009",
      severity: verdict.kind === "initialization" ? "error" : "warning",
      message: `${constantRows.length} of ${rows} units have one number for all their weights (${listed(constantRows)}): they only add up their inputs${constantRows.length > 1 ? ", all alike" : ""}.`,
    });
  const twins = twinRows.filter((row) => !constantRows.includes(row));
  if (twins.length > 0)
    drafts.push({
      rule: "MF009",
      severity: twins.length === rows ? "error" : "warning",
      message: `${twins.length} of ${rows} units have a twin whose weights point the same way (|cos| > 1 − 1e−6; ${listed(twins)}): they compute the same up to a factor and are changed alike. Independent draws over ${columns} inputs never come so near.`,
    });
  const mirrored = oppositeRows.filter((row) => !twins.includes(row) && !constantRows.includes(row));
  if (mirrored.length > 0)
    drafts.push({
      rule: "MF009",
      severity: "information",
      message: `${mirrored.length} of ${rows} units have a twin of opposite sign (${listed(mirrored)}): a symmetric initialization, or one direction kept twice.`,
    });
  return drafts;
};

/** ReLU units that no input turns on. */
export const neverOn: WeightCheck = (weight) => {
  const { activation, measure, bias, shape } = weight;
  if (shape.kind === "embedding" || measure.columns < FEWEST_INPUTS) return [];
  if (activation !== null && activation.activation.id !== "relu") return [];
  const off = measure.negativeRows.filter((row) => bias !== null && (bias[row] ?? 0) <= 0);
  if (off.length === 0) return [];
  return [
    {
      rule: "MF010",
      severity: activation === null ? "information" : "warning",
      message: `${off.length} of ${measure.rows} units have only negative weights and no positive bias (${listed(off)}): ${activation === null ? "if ReLU follows, and" : "where"} inputs are not negative they are never on, and get no gradient.`,
      assumptions: ["inputs ≥ 0, as behind another ReLU"],
    },
  ];
};

/** A bounded activation that is flat for whatever comes in. */
export const saturatedByBias: WeightCheck = (weight) => {
  const { activation, bias, measure, shape } = weight;
  if (activation === null || bias === null || shape.kind === "recurrent") return [];
  const flat = FLAT[activation.activation.id];
  if (flat === undefined) return [];
  const far = farUnits(weight, bias, flat);
  if (far.length === 0) return [];
  return [
    {
      rule: "MF011",
      severity: "warning",
      message: `${far.length} of ${measure.rows} units have a bias so large (${listed(far)}) that ${activation.activation.name} is flat for 99.9 % of inputs: their pre-activations stay beyond ±${flat}.`,
      assumptions: ["inputs of second moment 1 at most, as behind a bounded activation", activation.evidence],
    },
  ];
};

/** |h| beyond which the slope is under 0.2 % of its largest. */
export const FLAT: Readonly<Record<string, number>> = { tanh: 4, sigmoid: 8, hardtanh: 1, erf: 3, hard_sigmoid: 3 };
/** Φ(−3.09) = .001. */
const FAR = 3.09;

function farUnits({ measure }: MeasuredWeight, bias: ArrayLike<number>, flat: number): number[] {
  const units: number[] = [];
  for (let row = 0; row < measure.rows; row++)
    if (Math.abs(bias[row] ?? 0) - flat > FAR * (measure.rowNorms[row] ?? 0)) units.push(row);
  return units;
}

export function listed(rows: readonly number[]): string {
  const shown = rows.slice(0, SHOWN).join(", ");
  return `${rows.length === 1 ? "unit" : "units"} ${shown}${rows.length > SHOWN ? ", …" : ""}`;
}
