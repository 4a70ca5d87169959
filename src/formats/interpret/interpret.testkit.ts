import type { DType } from "../../base/dtype.ts";
import type { DescribedTensor, TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { describeTensors } from "./index.ts";

export type Shapes = Readonly<Record<string, readonly number[] | readonly [readonly number[], DType]>>;

/** A checkpoint of names and shapes alone: interpretation never reads a value. */
export function checkpointOf(shapes: Shapes, framework: Checkpoint["framework"] = "pytorch"): Checkpoint {
  const tensors = Object.entries(shapes).map(([name, given]): TensorInfo => {
    const [shape, dtype] = isTyped(given) ? given : [given, "f32" as const];
    const elements = shape.reduce((total, length) => total * length, 1);
    return { name, shape, dtype, elements, storedBytes: 4 * elements };
  });
  return {
    format: "test",
    framework,
    tensors,
    metadata: {},
    findings: [],
    skipped: [],
    version: "0",
    bytesRead: () => 0,
    read: () => Promise.reject(new Error("interpretation must not read values")),
    close: async () => {},
  };
}

function isTyped(given: Shapes[string]): given is readonly [readonly number[], DType] {
  return Array.isArray(given[0]);
}

export function describeShapes(shapes: Shapes, framework?: Checkpoint["framework"]) {
  const described = new Map(describeTensors(checkpointOf(shapes, framework)).map((tensor) => [tensor.name, tensor]));
  return (name: string): DescribedTensor => {
    const tensor = described.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    return tensor;
  };
}

/** `q 0+32, k 32+32 @0`: parts in one line. */
export function partsOf(tensor: DescribedTensor): string {
  return tensor.parts.map((part) => `${part.label} ${part.start}+${part.length}@${part.axis}`).join(", ");
}

/** `[0]x[1,2] 8x9`: a matrix reading in one line. */
export function matrixOf(tensor: DescribedTensor): string {
  const { matrix } = tensor;
  if (matrix === undefined) return "none";
  return `${matrix.kind} [${matrix.rowAxes}]x[${matrix.columnAxes}] ${matrix.rows}x${matrix.columns}`;
}
