import type { SourceReader } from "../python/roots.ts";
import type { PythonDocument } from "../python/syntax/document.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { RULES } from "../rules/registry.ts";
import type { Draft, Rule, RuleContext } from "../rules/types.ts";
import { courseOf } from "../theory/course.ts";
import type { LintFinding, LintReport, LintSettings, Severity } from "../types.ts";
import { statedLaws } from "./statedLaws.ts";
import { summarize } from "./summary.ts";
import { suppressions } from "./suppress.ts";

/** More findings than this in one file are one finding too often. */
const MOST_FINDINGS = 500;
/** Rules that say more of the same place than others: where they speak, those are silent. */
const SAYS_MORE: Readonly<Record<string, readonly string[]>> = {
  MF001: ["MF003"],
  MF002: ["MF003"],
  MF004: ["MF001"],
  MF007: ["MF002"],
};

/** Everything that the rules say about a source. Never throws for what the source contains. */
export function lintSource(document: PythonDocument, reader: SourceReader, settings: LintSettings): LintReport {
  const { text } = document;
  const source = reader.read(document.statements, text);
  const models = source.models.map((model) => ({
    ...model,
    course:
      model.network.chain === null || model.network.loaded
        ? null
        : courseOf(model.network.chain, settings.inputMoment, settings.assumedDepth),
  }));
  const context: RuleContext = {
    source,
    models,
    settings,
    text: (place) => text.slice(Math.max(0, start(place)), end(place)),
  };
  const silent = suppressions(text);
  const found: LintFinding[] = [];
  const spoken = new Set<string>();
  for (const rule of RULES) {
    const setting = settings.severities[rule.id] ?? "default";
    if (setting === "off") continue;
    for (const draft of rule.check(context)) {
      const finding = findingOf(rule, draft, setting === "default" ? (draft.severity ?? rule.severity) : setting);
      const key = `${rule.id} ${finding.from} ${finding.to}`;
      // One call that initializes many layers, or one class in several networks, is one finding.
      if (spoken.has(key) || silent(rule.id, finding.from, finding.to)) continue;
      spoken.add(key);
      found.push(finding);
    }
  }
  const findings = found
    .filter(
      (finding) =>
        !found.some(
          (other) =>
            other.from === finding.from &&
            other.to === finding.to &&
            (SAYS_MORE[other.rule] ?? []).includes(finding.rule),
        ),
    )
    .sort((a, b) => a.from - b.from || (a.rule < b.rule ? -1 : 1))
    .slice(0, MOST_FINDINGS);
  const notes = [...(document.incomplete === null ? [] : [document.incomplete]), ...new Set(source.notes)];
  return { findings, models: summarize(models), laws: statedLaws(models), notes };
}

function findingOf(rule: Rule, draft: Draft, severity: Severity): LintFinding {
  const range = ({ unit, from, to }: Place) => ({ from: start({ unit, from, to }), to: end({ unit, from, to }) });
  return {
    rule: rule.id,
    severity,
    ...range(draft.at),
    message: draft.message,
    assumptions: draft.assumptions ?? [],
    related: (draft.related ?? []).map(({ at, message }) => ({ ...range(at), message })),
    fixes: (draft.fixes ?? []).map(({ title, safe, edits }) => ({
      title,
      safe,
      edits: edits.map(({ at, text }) => ({ ...range(at), text })),
    })),
    point: draft.point ?? null,
  };
}
