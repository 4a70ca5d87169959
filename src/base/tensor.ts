import type { DType } from "./dtype.ts";

/** What a tensor is for, as far as its name, shape and place in the checkpoint tell. */
export const TENSOR_ROLES = [
  "weight",
  "bias",
  "norm",
  "embedding",
  "buffer",
  "optimizer-state",
  "ema",
  "factor",
  "position",
  "scalar",
  "other",
] as const;
export type TensorRole = (typeof TENSOR_ROLES)[number];

/**
 * How the axes of a weight are to be read. `out-in`: PyTorch (out, in[/groups], *kernel). `in-out`: Keras/Flax/GPT-2 Conv1D
 * (*kernel, in, out). `none`: not a linear map (bias, norm, statistics).
 */
export const AXIS_LAYOUTS = ["out-in", "in-out", "none"] as const;
export type AxisLayout = (typeof AXIS_LAYOUTS)[number];

/** How a person wants tensors to be read, by a pattern of their names (`*` any characters, `?` one). */
export interface TensorReading {
  readonly pattern: string;
  readonly role?: TensorRole;
  readonly layout?: AxisLayout;
}

/**
 * One block of a fused tensor, e.g. a gate of an LSTM: `length` entries from `start` along `axis`.
 * Statistics of a fused tensor are always taken per part (theory.md §0).
 */
export interface TensorPart {
  readonly label: string;
  readonly axis: number;
  readonly start: number;
  readonly length: number;
}

/**
 * What the file itself says about a tensor's use (the node that takes it, the layer that owns it): believed before its name.
 * What is left out is read from name and shape.
 */
export interface TensorUse {
  readonly role?: TensorRole;
  readonly layout?: AxisLayout;
  /** Axes that index outputs and inputs, and axes held at one index, where the use tells them. */
  readonly axes?: {
    readonly rows: readonly number[];
    readonly columns: readonly number[];
    readonly fixed?: readonly { readonly axis: number; readonly index: number }[];
  };
  readonly parts?: readonly TensorPart[];
  /** Why it is no matrix although its shape would allow one. */
  readonly noMatrix?: string;
  /** One phrase for the screen: "weight of Gemm /fc1/Gemm". */
  readonly evidence: string;
}

/** One tensor as its file declares it. Shapes are in the file's own order. */
export interface TensorInfo {
  /** Unique in the checkpoint; the path in a nested checkpoint is joined by "/" (`optimizer/state/0/exp_avg`), a state dict's own dots are kept. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Product of the shape (1 for a scalar). */
  readonly elements: number;
  /** Bytes that the file stores for it (0 where it shares another tensor's storage). */
  readonly storedBytes: number;
  /** Absolute range in its file, where it is one contiguous range. */
  readonly byteRange?: { readonly file: string; readonly offset: number; readonly length: number };
  /** Name of the tensor whose storage this one shares entirely (tied weights). */
  readonly sharesStorageWith?: string;
  readonly use?: TensorUse;
  /** Stored tensors that this one is computed from when it is read; it has no bytes of its own. */
  readonly derivedFrom?: { readonly names: readonly string[]; readonly how: "product" | "dequantized" };
}

/** What interpretation adds: the same for every format. */
export interface DescribedTensor extends TensorInfo {
  readonly role: TensorRole;
  readonly layout: AxisLayout;
  /** Why role and layout were read so: one phrase for the screen. */
  readonly evidence: string;
  /** Blocks of a fused tensor; empty for all others. */
  readonly parts: readonly TensorPart[];
  /** Groups of a grouped convolution cannot be told from a shape; 1 unless known. */
  readonly matrix?: MatrixReading;
}

/** How a weight is read as a matrix, out × in. */
export interface MatrixReading {
  readonly kind: "linear" | "conv-reshaped" | "conv-tap" | "embedding";
  /** Axes of the tensor that index rows (outputs), then those that index columns (inputs), slowest first. */
  readonly rowAxes: readonly number[];
  readonly columnAxes: readonly number[];
  /** Axes held at one index (a tap of a kernel). */
  readonly fixed: readonly { readonly axis: number; readonly index: number }[];
  readonly rows: number;
  readonly columns: number;
}
