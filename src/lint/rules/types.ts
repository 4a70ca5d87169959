import type { FoundModel } from "../python/models.ts";
import type { SourceModel } from "../python/roots.ts";
import type { Place } from "../python/syntax/types.ts";
import type { Course } from "../theory/course.ts";
import type { Fix, LintSettings, PhasePoint, Severity } from "../types.ts";

/** A finding as a rule makes it; places are the source's own, and the engine turns them into offsets. */
export interface Draft {
  readonly at: Place;
  readonly message: string;
  /** Left out: the rule's own. */
  readonly severity?: Severity;
  readonly related?: readonly { readonly at: Place; readonly message: string }[];
  readonly fixes?: readonly DraftFix[];
  /** Without those that all of the theory makes. */
  readonly assumptions?: readonly string[];
  readonly point?: PhasePoint | null;
}

export interface DraftFix extends Omit<Fix, "edits"> {
  readonly edits: readonly { readonly at: Place; readonly text: string }[];
}

/** A network with what the theory says about its chain; null where it is none or something in it cannot be told. */
export interface StudiedModel extends FoundModel {
  readonly course: Course | null;
}

export interface RuleContext {
  readonly source: SourceModel;
  readonly models: readonly StudiedModel[];
  readonly settings: LintSettings;
  /** The words of the source at a place. */
  text(place: Place): string;
}

/** One rule: a file MF0xx.ts, a line in the registry, a page in docs/rules, a test. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** "source" rules read code; "both" have a counterpart for checkpoints under the same id. */
  readonly of: "source" | "checkpoint" | "both";
  /**
   * Left out: at one network at a time, and what it says of one is kept as long as the network is the same. "source": at all of them and every call, anew at
   * every key, so it must remember by itself what costs time.
   */
  readonly looksAt?: "source";
  check(context: RuleContext): readonly Draft[];
}
