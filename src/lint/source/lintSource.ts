import { modelKeys } from "../edit/modelKeys.ts";
import type { FoundModel } from "../python/models.ts";
import type { SourceModel } from "../python/roots.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { isPlain } from "../rules/_phase.ts";
import { RULES } from "../rules/registry.ts";
import type { Draft, Rule, RuleContext, StudiedModel } from "../rules/types.ts";
import { courseOf } from "../theory/course.ts";
import { nearestCritical } from "../theory/critical.ts";
import type { CriticalMove, LintFinding, LintReport, LintSettings, Severity, Unread } from "../types.ts";
import { statedLaws } from "./statedLaws.ts";
import { summarize } from "./summary.ts";
import { suppressions } from "./suppress.ts";
import { unreadParts } from "./unread.ts";

/** More findings than this in one file are one finding too often. */
const MOST_FINDINGS = 500;
/** Rules that say more of the same place than others: where they speak, those are silent. */
const SAYS_MORE: Readonly<Record<string, readonly string[]>> = {
  MF001: ["MF003"],
  MF002: ["MF003"],
  MF004: ["MF001"],
  MF007: ["MF002"],
};

export interface ReadSource {
  readonly text: string;
  readonly unread: readonly Pick<Unread, "from" | "message">[];
  readonly source: SourceModel;
}

/** Everything that the rules say about a source. Never throws for what the source contains. */
export function* lintSource(
  { text, unread, source }: ReadSource,
  settings: LintSettings,
  laws: boolean,
): Generator<void, LintReport> {
  // A network that was read before is judged as before: only what an edit touched costs anything.
  const key = JSON.stringify(settings);
  const words = (place: Place) => text.slice(Math.max(0, start(place)), end(place));
  const judgements: Judged[] = [];
  for (const model of source.models) {
    const known = judged.get(model);
    if (known?.settings === key) judgements.push(known);
    else {
      judgements.push(judge(model, { source, settings, text: words }, key));
      yield;
    }
  }
  const models = judgements.map((one) => one.model);
  const context: RuleContext = { source, models, settings, text: words };
  const drafts: Judgement[] = [
    ...judgements.flatMap((one) => one.drafts),
    ...RULES.filter(({ looksAt }) => looksAt === "source").flatMap((rule) =>
      rule.check(context).map((draft) => ({ rule, draft, model: null })),
    ),
  ];
  const findings = worded(drafts, models, settings, text);
  return {
    findings,
    models: summarize(models, text),
    laws: laws ? statedLaws(models) : [],
    unread: unreadParts(text, unread, source.end),
    notes: [...new Set(source.notes)],
  };
}

interface Judgement {
  readonly rule: Rule;
  readonly draft: Draft;
  /** The network that it is about; null for rules that look at the whole source. */
  readonly model: StudiedModel | null;
}

interface Judged {
  readonly settings: string;
  readonly model: StudiedModel;
  /** Of all rules that look at one network at a time. */
  readonly drafts: readonly Judgement[];
}

const judged = new WeakMap<FoundModel, Judged>();

function judge(model: FoundModel, context: Omit<RuleContext, "models">, key: string): Judged {
  const { chain, loaded } = model.network;
  const { inputMoment, assumedDepth } = context.settings;
  const course = chain === null || loaded ? null : courseOf(chain, inputMoment, assumedDepth);
  const studied = { ...model, course };
  const own = { ...context, models: [studied] };
  const fresh: Judged = {
    settings: key,
    model: studied,
    drafts: RULES.filter(({ looksAt }) => looksAt === undefined).flatMap((rule) =>
      rule.check(own).map((draft) => ({ rule, draft, model: studied })),
    ),
  };
  judged.set(model, fresh);
  return fresh;
}

/** Findings where they stand now, without those that are switched off, silenced, or said better by another. */
function worded(
  drafts: readonly Judgement[],
  models: readonly StudiedModel[],
  settings: LintSettings,
  text: string,
): readonly LintFinding[] {
  const names = modelKeys(models);
  const keys = new Map(models.map((model, index) => [model, names[index] ?? ""]));
  const silent = suppressions(text);
  const found: LintFinding[] = [];
  const spoken = new Map<string, Set<string>>();
  const placeKey = ({ from, to }: Pick<LintFinding, "from" | "to">) => `${from} ${to}`;
  for (const { rule, draft, model } of drafts) {
    const setting = settings.severities[rule.id] ?? "default";
    if (setting === "off") continue;
    const critical =
      model === null || !CURED_AT_CRITICALITY.has(rule.id) ? null : criticalMove(model, keys.get(model) ?? "");
    const severity = setting === "default" ? (draft.severity ?? rule.severity) : setting;
    const finding = { ...findingOf(rule, draft, severity), critical };
    const rules = spoken.get(placeKey(finding)) ?? new Set();
    // One call that initializes many layers, or one class in several networks, is one finding.
    if (rules.has(rule.id) || silent(rule.id, finding.from, finding.to)) continue;
    spoken.set(placeKey(finding), rules.add(rule.id));
    found.push(finding);
  }
  const better = (finding: LintFinding) =>
    [...(spoken.get(placeKey(finding)) ?? [])].some((rule) => (SAYS_MORE[rule] ?? []).includes(finding.rule));
  return found
    .filter((finding) => !better(finding))
    .sort((a, b) => a.from - b.from || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.to - b.to))
    .slice(0, MOST_FINDINGS);
}

/** Findings whose remedy is another σ_w, σ_b for the whole network. */
const CURED_AT_CRITICALITY: ReadonlySet<string> = new Set(["MF001", "MF002", "MF003", "MF004"]);

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
  const range = (place: Place) => ({ from: start(place), to: end(place) });
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
