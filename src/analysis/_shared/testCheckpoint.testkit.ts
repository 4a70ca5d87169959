import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { DTYPES, type DType, type RealArray } from "../../base/dtype.ts";
import type { DescribedTensor, MatrixReading, TensorPart } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import type { AnalysisContext, TargetRef } from "../types.ts";

/** A tensor made in memory; what is not said is a plain vector or a PyTorch (out, in) weight. */
export interface MadeTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly dtype?: DType;
  readonly role?: DescribedTensor["role"];
  readonly layout?: DescribedTensor["layout"];
  readonly parts?: readonly TensorPart[];
  /** Null: no matrix. Left out: by shape and layout. */
  readonly matrix?: MatrixReading | null;
  readonly evidence?: string;
}

export interface MadeCheckpoint extends Checkpoint {
  readonly described: readonly DescribedTensor[];
  /** Elements that each call of `read` gave. */
  readonly reads: readonly number[];
}

let made = 0;

/** An in-memory checkpoint; every one has a version of its own. */
export function memoryCheckpoint(
  tensors: Readonly<Record<string, MadeTensor>>,
  framework: Checkpoint["framework"] = "pytorch",
): MadeCheckpoint {
  const described = Object.entries(tensors).map(([name, tensor]) => describe(name, tensor));
  const reads: number[] = [];
  let bytesRead = 0;
  return {
    format: "memory",
    framework,
    tensors: described,
    described,
    reads,
    metadata: {},
    findings: [],
    skipped: [],
    version: `memory ${++made}`,
    bytesRead: () => bytesRead,
    async read(name, start, count): Promise<RealArray> {
      const tensor = tensors[name];
      if (tensor === undefined || start < 0 || count < 0 || start + count > tensor.values.length) {
        throw new RangeError(`read(${name}, ${start}, ${count}) is outside`);
      }
      reads.push(count);
      const { bytes, fitsFloat32 } = DTYPES[tensor.dtype ?? "f32"];
      bytesRead += count * bytes;
      const values = Array.prototype.slice.call(tensor.values, start, start + count);
      return fitsFloat32 ? Float32Array.from(values) : Float64Array.from(values);
    },
    async close() {},
  };
}

/** The context in which an analysis runs on one target of the checkpoint. */
export function contextOf(
  checkpoint: MadeCheckpoint,
  target: Partial<TargetRef> & { readonly tensor: string },
  overrides: Partial<AnalysisContext> = {},
): AnalysisContext {
  const tensor = checkpoint.described.find((candidate) => candidate.name === target.tensor);
  if (tensor === undefined) throw new RangeError(`no tensor ${target.tensor}`);
  const whole: TargetRef = { part: null, tap: null, ...target };
  return {
    checkpoint,
    tensor,
    part: whole.part === null ? null : (tensor.parts[whole.part] ?? null),
    target: whole,
    cancel: NEVER_CANCELLED,
    progress() {},
    ...overrides,
  };
}

/** scale·sin(a·i + b·j + c·i·j + d) + offset, row-major: the fill of the Python fixtures. */
export function sineFill(rows: number, columns: number, scale = 1, offset = 0): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      values[at] = scale * Math.sin(0.7 * i + 1.3 * j + 0.011 * i * j + 0.4) + offset;
    }
  }
  return values;
}

function describe(name: string, made: MadeTensor): DescribedTensor {
  const { shape, dtype = "f32", parts = [], evidence = "made by a test" } = made;
  const role = made.role ?? (shape.length >= 2 ? "weight" : "other");
  const layout = made.layout ?? (shape.length >= 2 ? "out-in" : "none");
  const matrix = made.matrix === undefined ? readingOf(shape, layout) : made.matrix;
  const elements = shape.reduce((product, size) => product * size, 1);
  const storedBytes = elements * DTYPES[dtype].bytes;
  const base = { name, shape, dtype, elements, storedBytes, role, layout, evidence, parts };
  return matrix === null ? base : { ...base, matrix };
}

function readingOf(shape: readonly number[], layout: DescribedTensor["layout"]): MatrixReading | null {
  if (layout === "none" || shape.length < 2) return null;
  const axes = shape.map((_, axis) => axis);
  const rowAxes = layout === "out-in" ? axes.slice(0, 1) : axes.slice(-1);
  const columnAxes = layout === "out-in" ? axes.slice(1) : axes.slice(0, -1);
  const size = (of: readonly number[]) => of.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
  const kind = shape.length === 2 ? "linear" : "conv-reshaped";
  return { kind, rowAxes, columnAxes, fixed: [], rows: size(rowAxes), columns: size(columnAxes) };
}

/** The context of one (out, in) weight, row by row. */
export function matrixContext(
  rows: number,
  columns: number,
  values: ArrayLike<number>,
  over: Omit<Partial<MadeTensor>, "shape" | "values"> = {},
): AnalysisContext {
  const made: MadeTensor = { shape: [rows, columns], values, role: "weight", layout: "out-in", ...over };
  return contextOf(memoryCheckpoint({ w: made }), { tensor: "w" });
}
