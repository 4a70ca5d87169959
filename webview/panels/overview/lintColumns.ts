import { formatNumber } from "../../shell/format.ts";
import { type Cell, type Column, PER_PART, text } from "./cells.ts";
import { type ItemLint, type LintFinding, SEVERITIES } from "./model.ts";

/** Codicons of the editor's own Problems panel. */
export const SEVERITY_ICONS: Readonly<Record<LintFinding["severity"], string>> = {
  error: "error",
  warning: "warning",
  information: "info",
};

export function findingsCell({ findings }: Pick<ItemLint, "findings">): Cell {
  const [worst] = findings;
  if (worst === undefined) return { kind: "none", title: "nothing found" };
  return { kind: "findings", count: findings.length, worst: worst.severity, title: findingsTitle(findings) };
}

/** For a tooltip, and for screen readers beside the icon. */
function findingsTitle(findings: readonly LintFinding[]): string {
  return findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`).join("\n");
}

/** Worst severity first, then how many. */
function weightOf({ findings }: ItemLint): number {
  return findings.reduce((sum, { severity }) => sum + 1000 ** (2 - SEVERITIES.indexOf(severity)), 0);
}

const FINDINGS: Column = {
  id: "findings",
  title: "lint",
  longTitle: "findings of the checkpoint lint, the worst by its icon",
  width: 56,
  numeric: true,
  // The mark beside each name says as much until someone wants to sort by it.
  initial: false,
  analysis: null,
  fields: [],
  cell: ({ lint }) => (lint === null ? { kind: "none", title: "not linted yet" } : findingsCell(lint)),
  value: ({ lint }) => lint?.findings.length ?? null,
  order: ({ lint }) => (lint === null || lint.findings.length === 0 ? null : weightOf(lint)),
};

const WORDS = { trained: "trained", unknown: "cannot tell", constant: "constant" } as const;

/** How the weight came to be, in a word or the law's name. */
function originWords({ origin }: NonNullable<ItemLint["weight"]>): string {
  switch (origin.kind) {
    case "law":
      return origin.name;
    case "random":
      return `drawn, ${origin.family === "truncated" ? "normal, cut off" : origin.family}`;
    case "constant":
      return `${WORDS.constant} ${formatNumber(origin.value, 3).text}`;
    default:
      return WORDS[origin.kind];
  }
}

const ORIGIN: Column = {
  id: "origin",
  title: "origin",
  longTitle: "how the weight came to be: drawn, and from which law, or trained",
  width: 132,
  numeric: false,
  initial: true,
  analysis: null,
  fields: [],
  cell: (item, digits) => {
    if (item.children.length > 0) return PER_PART;
    const weight = item.lint?.weight ?? null;
    if (weight === null)
      return { kind: "none", title: item.lint === null ? "not linted yet" : "no weight, or not looked at" };
    const { activation, rank } = weight;
    const needs =
      activation === null
        ? "activation unknown"
        : activation.critical === null
          ? `${activation.name} follows (${activation.evidence}); it has no critical point`
          : `${activation.name} follows (${activation.evidence}) and needs σ_w² = ${formatNumber(activation.critical, digits).text}`;
    const lines = [
      weight.origin.evidence,
      `σ_w² = ${formatNumber(weight.sigmaW2, digits).text} ± ${formatNumber(weight.standardError, 2).text}; ${needs}`,
      rank === null ? "" : `rank ${rank.rank} of ${rank.full}`,
    ];
    return text({ text: originWords(weight), title: lines.filter((line) => line !== "").join("\n") });
  },
  value: ({ lint }) => (lint?.weight === undefined || lint.weight === null ? null : originWords(lint.weight)),
};

export const LINT_COLUMNS = { findings: FINDINGS, origin: ORIGIN } as const;
