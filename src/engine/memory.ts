import type { AnalysisManifest } from "../analysis/types.ts";
import { DTYPES } from "../base/dtype.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor, TensorPart } from "../base/tensor.ts";
import type { StudyManifest } from "../studies/types.ts";

/** A reader of values holds a few chunks of 1 Mi elements and their bytes. */
const STREAMING_BYTES = 32 * 2 ** 20;
/** A matrix and the workspace of its decomposition: decoded values, a copy in float64, and what the route through it needs. */
const MATRIX_SHARE = 4;

/** A worker that held this much is not kept: the memory of compiled kernels grows and never shrinks. */
const RETIRE_BYTES = 512 * 2 ** 20;

/** What the engine knows of a task's memory before it starts: tensors in flight are what bounds the memory of the whole. */
export interface TaskMemory {
  /** What it may hold at its worst. */
  readonly bytes: number;
  /** Whether its worker gives everything back afterwards by ending. One that answers without a cache keeps what it has decoded for the next look. */
  readonly retires: boolean;
}

export function taskMemory(
  { holds, cacheable }: Pick<AnalysisManifest, "holds" | "cacheable">,
  tensor: DescribedTensor,
  part: TensorPart | null,
  compares = false,
): TaskMemory {
  if (holds === "chunks") return { bytes: STREAMING_BYTES, retires: false };
  const axis = part === null ? 1 : (tensor.shape[part.axis] ?? 1);
  const elements = part === null || axis === 0 ? tensor.elements : (tensor.elements / axis) * part.length;
  const matrix = MATRIX_SHARE * elements * (DTYPES[tensor.dtype].fitsFloat32 ? 4 : 8);
  const bytes = STREAMING_BYTES + matrix * (compares ? 2 : 1);
  return { bytes, retires: cacheable && bytes > RETIRE_BYTES };
}

/** What a study may hold unless it says otherwise. */
const STUDY_BYTES = 512 * 2 ** 20;

export function studyMemory({ memoryBytes = STUDY_BYTES }: Pick<StudyManifest, "memoryBytes">): TaskMemory {
  return { bytes: memoryBytes, retires: false };
}

/** What the JavaScript engines say when an array or a kernel's memory cannot be had. */
const NO_MEMORY =
  /allocation failed|could not allocate|out of memory|invalid typed array length|memory\.grow|maximum memory size/i;

/** The same error, or the sentence for a person when memory was not to be had. The worker lives on: only the one array was refused. */
export function explainMemory(error: unknown, what: string, tensor?: string): unknown {
  if (!(error instanceof RangeError) || !NO_MEMORY.test(error.message)) return error;
  return new ModeScopeError(
    "limit-exceeded",
    `There is not enough memory for ${what}.`,
    {
      ...(tensor === undefined ? {} : { tensor }),
      remedy: "Close other programs, lower modescope.compute.workers, or ask for what needs no whole matrix in memory.",
    },
    { cause: error },
  );
}
