import { modelKeys } from "../edit/modelKeys.ts";
import type { FoundModel } from "../python/models.ts";
import type { SourceReader } from "../python/roots.ts";
import type { PythonDocument } from "../python/syntax/document.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { isPlain } from "../rules/_phase.ts";
import { RULES } from "../rules/registry.ts";
import type { Draft, Rule, RuleContext, StudiedModel } from "../rules/types.ts";
import { courseOf } from "../theory/course.ts";
import { nearestCritical } from "../theory/critical.ts";
import type { CriticalMove, LintFinding, LintReport, LintSettings, Severity } from "../types.ts";
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
  // A network that was read before is judged as before: only what an edit touched costs anything.
  const key = JSON.stringify(settings);
  const models = source.models.map((model) => studied(model, settings, key));
  const context: RuleContext = {
    source,
    models,
    settings,
    text: (place) => text.slice(Math.max(0, start(place)), end(place)),
  };
  const names = modelKeys(models);
  const keys = new Map(models.map((model, index) => [model, names[index] ?? ""]));
  const silent = suppressions(text);
  const found: LintFinding[] = [];
  const spoken = new Set<string>();
  for (const rule of RULES) {
    const setting = settings.severities[rule.id] ?? "default";
    if (setting === "off") continue;
    for (const { draft, model } of draftsOf(rule, context, key)) {
      const finding = {
        ...findingOf(rule, draft, setting === "default" ? (draft.severity ?? rule.severity) : setting),
        critical:
          model === null || !CURED_AT_CRITICALITY.has(rule.id) ? null : criticalMove(model, keys.get(model) ?? ""),
      };
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
  const notes = [...document.unread.map(({ reason }) => reason), ...new Set(source.notes)];
  return { findings, models: summarize(models, text), laws: statedLaws(models), notes };
}

interface Judged {
  readonly settings: string;
  readonly model: StudiedModel;
  readonly drafts: Map<string, readonly Draft[]>;
}

const judged = new WeakMap<FoundModel, Judged>();

function studied(model: FoundModel, settings: LintSettings, key: string): StudiedModel {
  const known = judged.get(model);
  if (known?.settings === key) return known.model;
  const { chain, loaded } = model.network;
  const course = chain === null || loaded ? null : courseOf(chain, settings.inputMoment, settings.assumedDepth);
  const fresh = { ...model, course };
  const entry = { settings: key, model: fresh, drafts: new Map<string, readonly Draft[]>() };
  judged.set(model, entry);
  judged.set(fresh, entry);
  return fresh;
}

/** Rules that look at the calls of the whole source are asked anew; all others once for each network. */
const OF_WHOLE_SOURCE: ReadonlySet<string> = new Set(["MF008", "MF020", "MF021"]);

/** Findings whose remedy is another σ_w, σ_b for the whole network. */
const CURED_AT_CRITICALITY: ReadonlySet<string> = new Set(["MF001", "MF002", "MF003", "MF004"]);

interface Drafted {
  readonly draft: Draft;
  /** The network that it is about; null for rules that look at the whole source. */
  readonly model: StudiedModel | null;
}

function draftsOf(rule: Rule, context: RuleContext, key: string): readonly Drafted[] {
  if (OF_WHOLE_SOURCE.has(rule.id)) return rule.check(context).map((draft) => ({ draft, model: null }));
  return context.models.flatMap((model) => {
    const entry = judged.get(model);
    const check = () => rule.check({ ...context, models: [model] });
    const drafts = entry === undefined || entry.settings !== key ? check() : (entry.drafts.get(rule.id) ?? check());
    if (entry?.settings === key) entry.drafts.set(rule.id, drafts);
    return drafts.map((draft) => ({ draft, model }));
  });
}

function criticalMove({ network, course }: StudiedModel, model: string): CriticalMove | null {
  const typical = course?.typical ?? null;
  if (typical === null || !isPlain(network)) return null;
  const to = nearestCritical(typical.activation, typical.point.bias);
  if (to === null) return null;
  // The law that is drawn: what dropout and factors of the code do to it is in the phase, not in the source's numbers.
  const { weight, bias } = typical.step.point;
  const scale = weight / typical.point.weight;
  return {
    model,
    from: { sigmaW: Math.sqrt(weight), sigmaB: Math.sqrt(bias) },
    to: { sigmaW: Math.sqrt(to.weight * scale), sigmaB: Math.sqrt(to.bias) },
  };
}

function findingOf(rule: Rule, draft: Draft, severity: Severity): Omit<LintFinding, "critical"> {
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
