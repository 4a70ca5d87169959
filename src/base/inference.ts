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

/** Loads an ONNX model from its bytes. Nothing else of it is looked for: weights in other files are refused. */
export type OpenInference = (model: Uint8Array<ArrayBuffer>) => Promise<InferenceSession>;
