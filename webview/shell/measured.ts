import type { Measured, Provenance } from "../../src/analysis/types.ts";
import { type Formatted, formatNumber, type MaybeNumber } from "./format.ts";

/** How a number was got, as one sentence. */
export function describeProvenance(how: Provenance): string {
  switch (how.kind) {
    case "exact":
      return how.floor === undefined
        ? `Exact: ${how.method}.`
        : `Exact to rounding (below ${formatNumber(how.floor, 2).text} absolute nothing is told from zero): ${how.method}.`;
    case "estimate":
      return `Estimate, ± ${formatNumber(how.standardError, 2).text} (one standard error): ${how.method}.`;
    case "bound":
      return `Bound with residual ${formatNumber(how.residual, 2).text}: ${how.method}.`;
  }
}

/** A measured number: "≈" before what is not exact, its error in the title. */
export function formatMeasured(measured: Measured | null | undefined, digits = 4, unit = ""): Formatted {
  if (measured === null || measured === undefined) {
    return { text: "–", title: "cannot be estimated from what was computed" };
  }
  const value: MaybeNumber = measured.value;
  const plain = formatNumber(value, digits, unit);
  if (plain.text === "–") return plain;
  const mark = measured.how.kind === "exact" ? "" : "≈ ";
  const spread = measured.how.kind === "estimate" ? ` ± ${formatNumber(measured.how.standardError, 2).text}` : "";
  return { text: mark + plain.text, title: `${plain.title}${spread} · ${describeProvenance(measured.how)}` };
}
