import type { Measured } from "../../../src/analysis/types.ts";
import { formatMeasured } from "../../shell/measured.ts";
import { asNumber, type Column, fromSlot, PER_PART, text } from "./cells.ts";
import type { Item, SpectrumRow } from "./model.ts";

type Found = Measured | { readonly reason: string };

/** A number that may have no place here: its reason is the cell's tooltip, and the cell stays empty. */
function nullColumn(
  id: string,
  title: string,
  longTitle: string,
  width: number,
  fields: readonly string[],
  read: (result: SpectrumRow) => Found,
  options: { readonly initial?: boolean; readonly digits?: number } = {},
): Column {
  return {
    id,
    title,
    longTitle,
    width,
    numeric: true,
    initial: options.initial ?? true,
    analysis: "spectrum",
    fields,
    cell: (item, digits) =>
      item.children.length > 0
        ? PER_PART
        : fromSlot(item.spectrum, (result) => {
            const found = read(result);
            return "reason" in found
              ? { kind: "none", title: found.reason }
              : text(formatMeasured(found, Math.min(digits, options.digits ?? digits)), found.how);
          }),
    value: (item) => {
      const found = item.spectrum.kind === "done" ? read(item.spectrum.result) : null;
      return found === null || "reason" in found ? null : asNumber(found.value);
    },
  };
}

const noise =
  (field: "signalModes" | "edgeRatio" | "mpSoftrank") =>
  ({ noise: said }: SpectrumRow): Found =>
    said.value === null ? { reason: said.reason } : said.value[field];

const WORDS = { zero: "all zero", "heavy-entry": "heavy entry", mean: "mean ≠ 0", orthogonal: "orthogonal" } as const;

const remarksOf = (item: Item) => (item.spectrum.kind === "done" ? item.spectrum.result.remarks : []);

const REMARKS: Column = {
  id: "remarks",
  title: "remarks",
  longTitle: "what is remarkable: all zero, single heavy entries, a mean that is not zero, orthogonal",
  width: 104,
  numeric: false,
  initial: true,
  analysis: "spectrum",
  fields: [],
  cell: (item) =>
    item.children.length > 0
      ? PER_PART
      : fromSlot(item.spectrum, ({ remarks }) =>
          remarks.length === 0
            ? { kind: "none", title: "nothing to remark" }
            : {
                kind: "text",
                text: remarks.map(({ code }) => WORDS[code]).join(", "),
                title: remarks.map(({ message }) => message).join("\n"),
              },
        ),
  value: (item) => {
    const remarks = remarksOf(item);
    return remarks.length === 0 ? null : remarks.map(({ code }) => WORDS[code]).join(", ");
  },
};

const TRAVEL: Column = {
  id: "travel",
  title: "ΔW travel",
  longTitle: "‖W − W₀‖_F/‖W₀‖_F since the earlier checkpoint, where there is one to compare with",
  width: 96,
  numeric: true,
  initial: true,
  analysis: "travel",
  fields: ["travel"],
  cell: (item, digits) =>
    item.children.length > 0
      ? PER_PART
      : fromSlot(item.travel, ({ travel }) => text(formatMeasured(travel, Math.min(digits, 3)), travel.how)),
  value: (item) => (item.travel.kind === "done" ? asNumber(item.travel.result.travel.value) : null),
};

/** What of a spectrum stands out of noise, and how far it moved. */
export const NULL_COLUMNS: readonly Column[] = [
  TRAVEL,
  nullColumn(
    "signalModes",
    "signal modes",
    "singular values above the 99 % noise edge (± by the noise level's error)",
    112,
    ["signalModes"],
    noise("signalModes"),
  ),
  nullColumn(
    "edgeRatio",
    "σ₁/edge",
    "largest singular value over the 99 % noise edge",
    84,
    ["edgeRatio"],
    noise("edgeRatio"),
    { digits: 3 },
  ),
  nullColumn(
    "mpSoftrank",
    "mp_softrank",
    "bulk edge over the largest eigenvalue, λ₊/λ_max",
    100,
    ["mpSoftrank"],
    noise("mpSoftrank"),
    {
      initial: false,
      digits: 3,
    },
  ),
  nullColumn(
    "alpha",
    "α",
    "power-law exponent of the eigenvalues' tail; empty, with the reason, where it means nothing",
    96,
    ["powerLaw"],
    ({ powerLaw }) => (powerLaw.value === null ? { reason: powerLaw.reason } : powerLaw.value.alpha),
    { digits: 3 },
  ),
  nullColumn(
    "orthogonality",
    "max|σ−g|",
    "largest deviation from equal singular values, where the matrix is (nearly) orthogonal",
    96,
    ["orthogonality"],
    ({ orthogonality }) =>
      orthogonality === null
        ? { reason: "Needs all singular values." }
        : orthogonality.verdict === "no"
          ? { reason: "not orthogonal" }
          : orthogonality.largestDeviation,
    { initial: false, digits: 3 },
  ),
  REMARKS,
];
