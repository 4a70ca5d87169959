/** Running a model, as the platform offers it to studies. Arrays are row-major. */
export type InferenceData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface InferenceTensor {
  /** "float32", "float64", "int32", "int64", "uint8", "bool". */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: InferenceData;
}

export interface InferenceInput {
  readonly name: string;
  readonly type: string;
  /** Null where the model leaves the size open. */
  readonly shape: readonly (number | null)[];
}

export interface InferenceSession {
  readonly inputs: readonly InferenceInput[];
  readonly outputs: readonly string[];
  /** Only the outputs that are named; those whose values are no plain numbers are left out. */
  run(
    feeds: Readonly<Record<string, InferenceTensor>>,
    outputs: readonly string[],
  ): Promise<ReadonlyMap<string, InferenceTensor>>;
  close(): Promise<void>;
}

/** A file beside a model that holds some of its weights, by the name that the model has for it. */
export interface InferenceFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Loads an ONNX model from its bytes and those of the files that it names. Nothing is looked for that was not handed over. */
export type OpenInference = (
  model: Uint8Array<ArrayBuffer>,
  beside?: readonly InferenceFile[],
) => Promise<InferenceSession>;
