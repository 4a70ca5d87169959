import type { AnalysisManifest, ParameterValues, TargetRef } from "../analysis/types.ts";
import type { FolderListing } from "../base/byteSource.ts";
import type { SerializedError } from "../base/errors.ts";
import type { AxisLabels, LabelList } from "../base/labels.ts";
import type { DescribedTensor, TensorReading } from "../base/tensor.ts";
import type { Finding, LabelSource, MetadataValue, SkippedTensor } from "../formats/types.ts";
import type {
  LintReport,
  LintSettings,
  ModelSummary,
  MoveLines,
  MovePlan,
  MoveRequest,
  PhasePoint,
  PictureTheme,
} from "../lint/types.ts";
import type { StudyInput, StudyManifest } from "../studies/types.ts";

/**
 * One contract for every hop (webview ⇄ host ⇄ compute process). Methods name resources, never screens.
 * An event means "changed, ask again": hidden webviews lose messages.
 */

export interface Totals {
  readonly tensors: number;
  readonly parameters: number;
  readonly storedBytes: number;
  /** Elements and stored bytes by dtype, largest first. */
  readonly dtypes: readonly {
    readonly dtype: string;
    readonly tensors: number;
    readonly elements: number;
    readonly bytes: number;
  }[];
}

export interface CheckpointSummary {
  /** Handle for the other calls; valid until `checkpoint/close` or the engine's end. */
  readonly checkpoint: string;
  readonly uri: string;
  readonly name: string;
  readonly format: string;
  readonly formatTitle: string;
  readonly framework: string;
  readonly version: string;
  readonly fileBytes: number;
  /** Bytes read from disk to know all this, and the time it took. */
  readonly bytesRead: number;
  readonly openMilliseconds: number;
  readonly totals: Totals;
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedTensor[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

export type Outcome =
  | { readonly kind: "done"; readonly result: unknown; readonly fromCache: boolean; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly error: SerializedError }
  | { readonly kind: "not-applicable"; readonly reason: string };

export interface TargetOutcome {
  readonly target: TargetRef;
  readonly outcome: Outcome;
}

export type RunState = "running" | "finished" | "cancelled";

export interface RunSnapshot {
  readonly run: string;
  readonly revision: number;
  readonly state: RunState;
  readonly done: number;
  readonly total: number;
  /** Outcomes that came after the revision that the caller named. */
  readonly outcomes: readonly TargetOutcome[];
  /** What workers are busy with now, and how far each is (0 … 1); kernels report a few times a second. */
  readonly active?: readonly { readonly target: TargetRef; readonly fraction: number }[];
}

export interface StudySnapshot {
  readonly run: string;
  readonly revision: number;
  readonly state: RunState | "failed";
  readonly fraction: number;
  /** The newest result, partial while the state is "running"; left out if the caller's revision has it already, or there is none yet. */
  readonly result?: unknown;
  /** Instead of a result, for a caller who asked for changes: those fields of it that are others than at the caller's revision, large arrays as notes (`apart.ts`). */
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly error: SerializedError | null;
}

/** The engine's methods: compute process, in-process engine of the CLI, and web host alike. */
export interface EngineMethods {
  "engine/info": {
    params: Record<string, never>;
    result: {
      workers: number;
      analyses: readonly AnalysisManifest[];
      studies: readonly StudyManifest[];
      cache: string;
    };
  };
  /** `readings`: what a person says about tensors, believed before names and shapes. */
  "checkpoint/open": {
    params: { uri: string; readings?: readonly TensorReading[] };
    result: CheckpointSummary;
  };
  "checkpoint/tensors": {
    params: { checkpoint: string; from: number; count: number };
    result: { tensors: readonly DescribedTensor[] };
  };
  /** Word lists for axes that the checkpoint or its folder offers (a tokenizer's vocabulary, names of classes). */
  "checkpoint/label-sources": {
    params: { checkpoint: string };
    result: { sources: readonly Omit<LabelSource, "load">[] };
  };
  "checkpoint/label-words": {
    params: { checkpoint: string; source: string; from: number; count: number };
    result: { words: readonly string[]; total: number };
  };
  /** Names along the tensor's axes that the file itself has (a table's heading and first column); null where it has none. */
  "checkpoint/labels": { params: { checkpoint: string; tensor: string }; result: { labels: AxisLabels | null } };
  /**
   * What the lint says about a Python source. The engine keeps what it read for each `document` (any name, a URI as a rule) and reads only what changed
   * the next time; `lint/forget` drops it. With `laws`, every law that it states too: ten thousand lines may state twenty thousand, and no editor shows them.
   */
  "lint/source": {
    params: { document: string; text: string; settings: LintSettings; laws?: boolean };
    result: LintReport;
  };
  /** How to write another initialization into a source. Nothing is kept of it. */
  "lint/move": { params: { text: string; request: MoveRequest }; result: MovePlan };
  "lint/forget": { params: { document: string }; result: null };
  /** Where a layer stands in its plane of initializations, as an SVG for a hover. */
  "lint/picture": { params: { point: PhasePoint; theme: PictureTheme }; result: { svg: string } };
  "checkpoint/close": { params: { checkpoint: string }; result: null };
  /**
   * Starts an analysis over many targets. `targets: "all"` means every tensor, fused ones part by part. `reference` names another open checkpoint,
   * the one that training started from: analyses whose manifest takes a reference compare each tensor with its namesake there.
   */
  "run/start": {
    params: {
      checkpoint: string;
      analysis: string;
      targets: "all" | readonly TargetRef[];
      parameters: ParameterValues;
      reference?: string;
    };
    result: { run: string; total: number };
  };
  "run/snapshot": { params: { run: string; since: number }; result: RunSnapshot };
  /** These targets first (the rows on screen), in this order. */
  "run/prioritize": { params: { run: string; targets: readonly TargetRef[] }; result: null };
  "run/cancel": { params: { run: string }; result: null };
  /** One target, one answer; cancelling the request cancels the work. */
  "analysis/run": {
    params: {
      checkpoint: string;
      analysis: string;
      target: TargetRef;
      parameters: ParameterValues;
      reference?: string;
    };
    result: { result: unknown; fromCache: boolean; milliseconds: number };
  };
  /** A question about several files; `readings` as for `checkpoint/open`. */
  "study/start": {
    params: {
      study: string;
      files: readonly StudyInput[];
      parameters: Readonly<Record<string, unknown>>;
      readings?: readonly TensorReading[];
    };
    result: { run: string };
  };
  /** With `changes` what has changed since, and no large arrays: they are asked for by `study/values`. */
  "study/snapshot": { params: { run: string; since: number; changes?: boolean }; result: StudySnapshot };
  /** A slice of an array that a note of the last snapshots stands for, from one of its bytes on; null where it has been replaced since. */
  "study/values": {
    params: { run: string; values: number; from: number };
    result: { bytes: Uint8Array<ArrayBuffer> | null };
  };
  "study/cancel": { params: { run: string }; result: null };
}

export interface EngineEvents {
  /** The file under an open checkpoint changed, vanished or came back: open again to see it. */
  "checkpoint/changed": { checkpoint: string; uri: string; change: "modified" | "deleted" };
  "run/changed": { run: string; revision: number; state: RunState; done: number; total: number };
  "study/changed": { run: string; revision: number; state: StudySnapshot["state"]; fraction: number };
  /** A compute worker died, or with `all` the whole process: its jobs have failed with `worker-lost` and new ones will run. */
  "engine/lost": { reason: string; all?: boolean };
}

/** What an engine asks of the host that holds files it cannot reach by position (virtual workspaces, web). */
export interface SourceMethods {
  "source/open": { params: { uri: string }; result: { size: number; version: string } };
  "source/read": {
    params: { uri: string; version: string; offset: number; length: number };
    result: Uint8Array<ArrayBuffer>;
  };
  "source/sibling": { params: { uri: string; name: string }; result: { uri: string } };
  "source/list": { params: { uri: string; folder: string }; result: FolderListing };
}

/** Another checkpoint to compare with. */
export interface Reference {
  readonly uri: string;
  readonly name: string;
  /** Whether it was taken because it is the first of the run, by its name. */
  readonly firstOfRun: boolean;
}

/** What a panel asks of the extension beside the engine's methods. The panel's side is untrusted input. */
export interface PanelMethods {
  "panel/context": { params: Record<string, never>; result: PanelContext };
  /** The tensor view of a target, or (`target` null) a study's panel: for the folder that this panel has just written if `uri` names it, else for its own files. */
  "panel/open": { params: { panel: string; uri: string; target: TargetRef | null }; result: null };
  /** Lets a person choose files for a role of a study; from then on the panel may ask about them. Empty where the question was dismissed. */
  "files/choose": {
    params: { title: string; extensions: readonly string[]; many: boolean };
    result: { files: readonly NamedFile[] };
  };
  /** Data tables for the panel's file: those that were chosen in it before, the latest first, then `data.csv` or `.tsv` beside it or one folder up. */
  "tables/find": { params: Record<string, never>; result: { files: readonly NamedFile[] } };
  /** The checkpoints of the run that the panel's file (or folder) belongs to, told by their names, in order of training. */
  "series/find": { params: Record<string, never>; result: { members: readonly SeriesFile[] } };
  /** The checkpoint that this one is compared with: the first of its run, or what a person chose; null for none. The panel may then open it. */
  "reference/get": { params: Record<string, never>; result: Reference | null };
  /** Lets a person choose it. `changed` is false where the question was dismissed. */
  "reference/choose": { params: Record<string, never>; result: { changed: boolean; reference: Reference | null } };
  "panel/refresh": { params: Record<string, never>; result: null };
  /**
   * The lint of the panel's checkpoint: the study that runs or ran, to be followed; null where the settings turn it off. `anew`: asks again, since more is
   * known now. `lint/changed` says that another run is to be followed.
   */
  "lint/start": { params: { anew: boolean }; result: { run: string | null } };
  /** Text, or with `base64` the bytes of a picture instead. */
  "file/save": { params: { suggestedName: string; text: string; base64?: string }; result: { saved: boolean } };
  /** Writes files into a folder that the person chooses; what is there is written over only if they say so. Null where a question was dismissed. */
  "folder/write": {
    params: { files: readonly { readonly name: string; readonly bytes: Uint8Array }[] };
    result: { folder: NamedFile | null };
  };
  "clipboard/write": { params: { text: string }; result: null };
  "checkpoint/reveal": { params: Record<string, never>; result: null };
  /** The file in the editor's own text view: for what turned out to be no checkpoint. */
  "checkpoint/openAsText": { params: Record<string, never>; result: null };
  "log/show": { params: Record<string, never>; result: null };
  /** Lines of the workspace's code that name the tensor's module, the likeliest first. */
  "code/find": { params: { tensor: string }; result: { places: readonly CodeLine[] } };
  /** Goes to the line; of several a person chooses. */
  "code/open": { params: { tensor: string }; result: null };
  /** The network in the code that this panel was opened from; null for a panel that was not. */
  "network/get": { params: Record<string, never>; result: CodeNetwork | null };
  /** What would have to be written for another σ_w, σ_b. Refused where the text is no longer the one of `version`. */
  "network/plan": { params: MoveRequest & { version: string }; result: CodePlan };
  /** Makes the edits of the last plan once the person has confirmed them in the editor, if the text still is what they were planned for. */
  "network/apply": { params: { plan: number }; result: { applied: boolean; problem: string | null } };
  /** Goes to the network's class. */
  "network/show": { params: Record<string, never>; result: null };
  /** Lists of names for rows and columns: the file that was chosen for this folder, or a label file beside the checkpoint or one folder up. */
  "labels/find": { params: Record<string, never>; result: FoundLabels };
  /** Lets a person choose among what the model offers, label files and plain numbers; the choice is remembered. `offered`: the model's own lists. */
  "labels/choose": { params: { offered?: readonly OfferedLabels[] }; result: FoundLabels };
}

/** The network in the code that a panel was opened from, as the code is now. */
export interface CodeNetwork {
  /** Closed: nobody reads the document just now. */
  readonly state: "open" | "closed";
  /** Relative to the workspace, for reading. */
  readonly file: string;
  /** Of the text that was read: a plan is for one of them. */
  readonly version: string;
  /** Key of the network that the panel was opened from; it may be gone. */
  readonly opened: string;
  readonly networks: readonly ModelSummary[];
}

export interface CodePlan extends MovePlan {
  /** For `network/apply`. */
  readonly plan: number;
  /** "line 12", "cell 3, line 2". */
  readonly lines: readonly (MoveLines & { readonly place: string })[];
}

export interface NamedFile {
  readonly uri: string;
  readonly name: string;
}

export interface SeriesFile extends NamedFile {
  /** The number in the name that tells the members apart. */
  readonly step: number;
}

export interface OfferedLabels {
  readonly id: string;
  readonly title: string;
}

export interface FoundLabels {
  readonly lists: readonly LabelList[];
  /** Of the file, relative to the workspace; null where there is none. */
  readonly source: string | null;
  /** Why a file that is there gives no names. */
  readonly problem: string | null;
  /** A person wants numbers, even where a file has names of its own. */
  readonly numbersOnly?: boolean;
  /** A person wants this one of the lists that the model itself offers, by its id. */
  readonly model?: string;
}

export interface CodeLine {
  /** Relative to the workspace, for reading. */
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly text: string;
}

export interface PanelContext {
  readonly panel: string;
  readonly uri: string;
  /** Files that it was opened for together, `uri` the first; empty where there is none. */
  readonly files: readonly NamedFile[];
  readonly target: TargetRef | null;
  /** The section that the panel was opened for; null for the whole. */
  readonly section: string | null;
  /** What the command that opened the panel was given, plain data that the panel checks; null or left out for nothing. */
  readonly begin?: unknown;
  readonly settings: PanelSettings;
  /** True in a report: answers were recorded, so what would have to be computed is not offered. */
  readonly recorded?: boolean;
}

export interface PanelSettings {
  /** Spectra are exact up to this smaller dimension; above it top modes with residuals and a density estimate. */
  readonly exactSpectrumLimit: number;
  readonly significantDigits: number;
}

export interface PanelEvents {
  /** The code of `network/get` was read anew, or closed. */
  "network/changed": Record<string, never>;
  /** Checkpoints came or went beside those that `series/find` told of. */
  "series/changed": Record<string, never>;
  "panel/context-changed": Record<string, never>;
  /** A setting or a source changed, or a command asked: the lint runs anew. */
  "lint/changed": Record<string, never>;
}

export type Methods = EngineMethods & PanelMethods;
