/** What the lint says, about source and about checkpoints alike: plain data, which crosses processes. */

export const SEVERITIES = ["error", "warning", "information"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a person may set for a rule: its own severities, one for all of its findings, or none of them. */
export type SeveritySetting = Severity | "default" | "off";

export interface TextEdit {
  /** Offsets into the document, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  /** Only what the author plainly meant. Others are offered as suggestions, never applied for several at once. */
  readonly safe: boolean;
  readonly edits: readonly TextEdit[];
}

export interface Related {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** Where a layer stands: enough for a small picture and for opening the phase diagram there. */
export interface PhasePoint {
  readonly activation: string;
  readonly weight: number;
  readonly bias: number;
  readonly chiOne: number;
  readonly phase: "ordered" | "critical" | "chaotic";
  /** Layers; null where it is not defined, Infinity at criticality. */
  readonly xiC: number | null;
}

export const PICTURE_THEMES = ["dark", "light", "high-contrast", "high-contrast-light"] as const;
export type PictureTheme = (typeof PICTURE_THEMES)[number];

export interface LintFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly from: number;
  readonly to: number;
  readonly message: string;
  /** What the numbers suppose, one clause each. */
  readonly assumptions: readonly string[];
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
  readonly point: PhasePoint | null;
  /** Where the network that it is about would be critical; null where that is no remedy for this finding. */
  readonly critical: CriticalMove | null;
}

export interface CriticalMove {
  /** The network, by its key. */
  readonly model: string;
  /** Standard deviations, of weights × √fan_in: of the layers that stand for most, and where to. */
  readonly from: { readonly sigmaW: number; readonly sigmaB: number };
  readonly to: { readonly sigmaW: number; readonly sigmaB: number };
}

/** For the lens over a model. */
export interface ModelSummary {
  readonly name: string;
  /** Its name among all networks of the source; it stays while code around it is edited. */
  readonly key: string;
  /** "2 of 3, made in line 40" where its class is made several times with different initializations; null where it is once. */
  readonly instance: string | null;
  readonly from: number;
  readonly to: number;
  /** "ordered · ξ_c = 0.56 · 20 layers", or why that cannot be told. */
  readonly text: string;
  readonly point: PhasePoint | null;
  readonly depth: number | null;
  /** The layers whose numbers are known, for the diagram's points. */
  readonly layers: readonly {
    readonly name: string;
    /** Place among all layers of the network. */
    readonly index: number;
    readonly weight: number;
    readonly bias: number;
    readonly activation: string;
  }[];
}

/** How the entries of a parameter are drawn; "other" where nothing but their variance is compared. */
export type StatedFamily = "normal" | "uniform" | "truncated" | "orthogonal" | "constant" | "other";

/** What the code says of a parameter: compared with a checkpoint of before training. */
export interface StatedLaw {
  /** The network in the source that it belongs to: of two networks with equal names of weights one file holds one. */
  readonly model: string;
  /** As the framework names it: "blocks.0.fc1.weight", "fc1/kernel". */
  readonly tensor: string;
  /** "kernel", "in_proj_bias". */
  readonly parameter: string;
  /** What a framework calls layers that nobody named ("dense", "Dense"), and where this one stands in the order in which they were made; null for PyTorch. */
  readonly numbered: { readonly base: string; readonly order: number } | null;
  readonly family: StatedFamily;
  readonly mean: number;
  readonly variance: number;
  /** Where a truncated normal is cut, in standard deviations of what was cut; null for others. */
  readonly cut: number | null;
  /** Share of the entries that are zero by themselves: the padding row of a table. */
  readonly zeros: number;
  /** Parameters of one network with the same key are one parameter. */
  readonly shared: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** What a unit sums over, and how many units there are; null: cannot tell. */
  readonly fanIn: number | null;
  readonly fanOut: number | null;
  /** Id of the activation that follows; null where none does or it cannot be told. */
  readonly activation: string | null;
  /** The network is one chain of layers without skip connections and norms. */
  readonly plain: boolean;
}

/** The laws of one source. */
export interface SourceLaws {
  /** Of the source, as whoever asks names it. */
  readonly uri: string;
  readonly laws: readonly StatedLaw[];
  /** A person said that this source made the checkpoint. */
  readonly chosen: boolean;
}

/** A finding about a checkpoint. */
export interface CheckpointFinding {
  readonly rule: string;
  readonly severity: Severity;
  /** Null: about the file as a whole. */
  readonly tensor: string | null;
  /** Index of the block of a fused tensor; null for all of it. */
  readonly part: number | null;
  readonly message: string;
  /** What the numbers suppose, one clause each. */
  readonly assumptions: readonly string[];
  /** Where source and file disagree: what the source states, which source, and what to say at its line. */
  readonly stated: (StatedLaw & { readonly uri: string; readonly message: string }) | null;
}

/** A part of a source that was not looked at. */
export interface Unread {
  readonly from: number;
  readonly to: number;
  /** "Not linted beyond line 812: …". */
  readonly message: string;
}

export interface LintReport {
  readonly findings: readonly LintFinding[];
  readonly models: readonly ModelSummary[];
  /** None unless they were asked for. */
  readonly laws: readonly StatedLaw[];
  /** What was not looked at, for its size: where it begins, and why. */
  readonly unread: readonly Unread[];
  /** What was looked at and given up, and why. */
  readonly notes: readonly string[];
}

export interface LintSettings {
  /** Second moment of what goes in: 1 for standardised data, features·pixel² for pixels of [0, 255]. */
  readonly inputMoment: number;
  /** Depth to suppose where the code does not tell how often a block is repeated; 0: suppose nothing. */
  readonly assumedDepth: number;
  /** Largest singular value of the data's input-output correlation, for MF021; 0: not known. */
  readonly topMode: number;
  readonly severities: Readonly<Record<string, SeveritySetting>>;
}

export const DEFAULT_SETTINGS: LintSettings = { inputMoment: 1, assumedDepth: 0, topMode: 0, severities: {} };

/** Edits of a source that move a network in its plane of initializations: plain data, which crosses processes. */

export interface MoveRequest {
  /** Which network: `ModelSummary.key`. */
  readonly model: string;
  /** Where its layers are wanted: standard deviations, of weights × √fan_in. */
  readonly sigmaW: number;
  readonly sigmaB: number;
  /** Which layers to move, by their `index` in the summary; null for all. */
  readonly layers: readonly number[] | null;
}

/** One replacement, with what must stand there for it to be made. */
export interface MoveEdit {
  readonly from: number;
  readonly to: number;
  readonly before: string;
  readonly text: string;
}

export interface MoveRefusal {
  readonly layer: string;
  readonly part: "weights" | "biases";
  readonly reason: string;
}

/** Lines as they are and as they would be; `line` from 1, in the source as the lint reads it. */
export interface MoveLines {
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface MovePlan {
  /** In order of the text; none overlaps another. Empty: there is nothing to change, or nothing that can be changed. */
  readonly edits: readonly MoveEdit[];
  /** Layers that will stand where they are wanted, those that stand there already among them. */
  readonly reached: readonly string[];
  readonly refusals: readonly MoveRefusal[];
  /** What else moves, for it is initialized by the same words, and where a number that changes is read besides. */
  readonly also: readonly string[];
  readonly lines: readonly MoveLines[];
}
