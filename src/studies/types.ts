import type { Availability, ParameterValues, QuantityDefinition, TargetRef } from "../analysis/types.ts";
import type { CancelToken } from "../base/cancel.ts";
import type { OpenInference } from "../base/inference.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint } from "../formats/types.ts";

/** A file that a study is asked about, and as what: one of the roles in its manifest. */
export interface StudyInput {
  readonly role: string;
  readonly uri: string;
}

export interface StudyRole {
  readonly description: string;
  /** How many files of this role it needs, and can take; without `most` any number. */
  readonly least: number;
  readonly most?: number;
}

export interface StudyManifest {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly files: Readonly<Record<string, StudyRole>>;
  readonly needs: readonly Availability[];
  readonly citations: readonly string[];
  readonly assumptions: readonly string[];
  /** Cards for the numbers of the result, by the name that the panel asks for. */
  readonly quantities: Readonly<Record<string, QuantityDefinition>>;
  /** What a run may hold in memory at its worst; left out: 512 MiB. */
  readonly memoryBytes?: number;
  /** A run that takes longer is ended with its worker: for studies that run what they do not know. Left out: as long as it takes. */
  readonly timeoutSeconds?: number;
  /** The limit holds only where a file of this role was given. */
  readonly timeoutWith?: string;
}

/** One of the files, opened. Its handles are closed when `withFile` returns. */
export interface StudyFile {
  readonly uri: string;
  /** The file's own name. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly tensors: readonly DescribedTensor[];
  /**
   * What an analysis says of one target, from the results that are kept where somebody asked the same of this version of the file, else computed here and
   * kept. With `known` nothing is computed: null where nobody has asked yet.
   */
  analyse(analysis: string, target: TargetRef, parameters: ParameterValues, known?: "known"): Promise<unknown>;
}

export interface StudyContext {
  /** In the order in which the caller named them; each of a role that the manifest has, and in the number that it allows. */
  readonly files: readonly StudyInput[];
  /** Opens a file for as long as `use` takes. */
  withFile<T>(file: StudyInput, use: (file: StudyFile) => Promise<T>): Promise<T>;
  /** All of a file's bytes, for what must be handed on whole; refused above `limit`. */
  readBytes(file: StudyInput, limit: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Left out where the platform cannot run models. */
  readonly openInference?: OpenInference;
  readonly cancel: CancelToken;
  readonly signal: AbortSignal;
  /** 0 … 1. */
  progress(fraction: number): void;
  /** What is known so far, plain data in the shape of the result: whoever watches sees it at once. */
  publish(partial: unknown): void;
}

/**
 * A question about one file or several together that is none about a single tensor: how modes were learned over a run, how alike two models'
 * representations are. `Result` is plain data and crosses threads. Parameters come from panels and the command line and are checked by the study itself.
 */
export interface Study<Result = unknown> {
  readonly manifest: StudyManifest;
  /**
   * Nothing that it has published is changed afterwards in place, and partial results have every field of the whole one: a field that is the same object
   * as before is not sent again. Left out: everything is sent each time.
   */
  readonly immutable?: true;
  run(context: StudyContext, parameters: unknown): Promise<Result>;
}
