import { DTYPES, type RealArray } from "../../base/dtype.ts";
import { CancelledError, ModeScopeError } from "../../base/errors.ts";
import type { MatrixReading } from "../../base/tensor.ts";
import type { AnalysisContext } from "../types.ts";
import { matrixReading } from "./matrixReading.ts";
import { rowMajorStrides, runsOf, type Selection, selectionOf } from "./selection.ts";

export { matrixReading } from "./matrixReading.ts";
export { targetShape } from "./selection.ts";

/** What reading values needs of an analysis' context. */
export type ReadContext = Pick<
  AnalysisContext,
  "checkpoint" | "tensor" | "target" | "cancel" | "signal" | "progress" | "sha256"
>;

/** 1 Mi elements: 4–8 MiB, about 20 ms of work, so that a cancel is seen in time and the memory in flight stays small. */
const CHUNK_ELEMENTS = 1 << 20;
/** Elements between two runs that are read along and thrown away rather than asked for separately (one system call costs as much). */
const READ_THROUGH_GAP = 1 << 14;
/** 2 GiB as float32: a matrix and the workspace of a decomposition must fit one worker. */
const MAX_MATRIX_ELEMENTS = 2 ** 29;
const YIELD_EVERY_MS = 12;
const PROGRESS_EVERY_MS = 200;

/**
 * All values of the target (its part, its tap) in row-major order within it, chunk by chunk. `values` is valid during the call only.
 * Between chunks the event loop gets its turn and a cancel is seen.
 */
export async function forEachChunk(
  context: ReadContext,
  visit: (values: RealArray, logicalIndexStart: number) => void,
  chunkElements: number = CHUNK_ELEMENTS,
): Promise<void> {
  const selection = selectionOf(context.tensor, context.target);
  let yielded = performance.now();
  let reported = yielded;
  for (const group of readGroups(selection, chunkElements)) {
    throwIfCancelled(context);
    const span = await context.checkpoint.read(context.tensor.name, group.offset, group.span, context.signal);
    throwIfCancelled(context);
    visit(group.pieces.length === 1 ? span : gather(span, group), group.logicalStart);
    const now = performance.now();
    if (now - reported > PROGRESS_EVERY_MS) {
      reported = now;
      context.progress((group.logicalStart + group.elements) / selection.elements);
    }
    if (now - yielded > YIELD_EVERY_MS && group.logicalStart + group.elements < selection.elements) {
      await turnOfTheLoop();
      yielded = performance.now();
    }
  }
  throwIfCancelled(context);
}

/** Lets waiting messages through. By a message to ourselves: a timer of 0 costs a millisecond in Node and four in a browser. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A matrix in memory: row-major rows × columns, outputs × inputs. Float32Array where the dtype fits float32 exactly. */
export interface LoadedMatrix {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  readonly data: RealArray;
}

/** Decodes the target as a matrix (out × in), whatever the file's order of axes. Memory: the matrix and one chunk. */
export async function loadMatrix(context: ReadContext): Promise<LoadedMatrix> {
  const { tensor, target } = context;
  const reading = matrixReading(tensor, target);
  if ("reason" in reading) throw new ModeScopeError("unsupported", reading.reason, { tensor: tensor.name });
  const { rows, columns } = reading;
  const data = DTYPES[tensor.dtype].fitsFloat32
    ? new Float32Array(allocatable(rows * columns, tensor.name))
    : new Float64Array(allocatable(rows * columns, tensor.name));

  const lengths = selectionOf(tensor, target).lengths;
  const strides = matrixStrides(lengths, reading);
  const fileStrides = rowMajorStrides(lengths);
  const sameOrder = lengths.every((length, axis) => length === 1 || strides[axis] === fileStrides[axis]);
  await forEachChunk(context, (values, start) => {
    if (sameOrder) data.set(values, start);
    else scatter(data, values, start, lengths, strides);
  });
  return { reading, rows, columns, data };
}

export function throwIfCancelled(context: Pick<AnalysisContext, "cancel" | "signal">): void {
  context.cancel.throwIfCancelled();
  if (context.signal?.aborted === true) throw new CancelledError();
}

/** One read: `span` elements from `offset`, of which the pieces (offset in the span, length) belong to the target. */
interface ReadGroup {
  readonly offset: number;
  readonly span: number;
  readonly logicalStart: number;
  readonly elements: number;
  readonly pieces: readonly number[];
  readonly pieceLength: number;
}

function* readGroups(selection: Selection, chunkElements: number): Generator<ReadGroup> {
  const runs = runsOf(selection);
  let logicalStart = 0;
  let run = 0;
  while (run < runs.count) {
    const offset = runs.offsetOf(run);
    if (runs.length > chunkElements) {
      for (let done = 0; done < runs.length; done += chunkElements) {
        const span = Math.min(chunkElements, runs.length - done);
        yield { offset: offset + done, span, logicalStart, elements: span, pieces: [0], pieceLength: span };
        logicalStart += span;
      }
      run++;
      continue;
    }
    const pieces = [0];
    let span = runs.length;
    for (run++; run < runs.count; run++) {
      const next = runs.offsetOf(run) - offset;
      if (next - span > READ_THROUGH_GAP || next + runs.length > chunkElements) break;
      pieces.push(next);
      span = next + runs.length;
    }
    const elements = pieces.length * runs.length;
    yield { offset, span, logicalStart, elements, pieces, pieceLength: runs.length };
    logicalStart += elements;
  }
}

function gather(span: RealArray, group: ReadGroup): RealArray {
  const { pieces, pieceLength } = group;
  const values = span instanceof Float32Array ? new Float32Array(group.elements) : new Float64Array(group.elements);
  if (pieceLength === 1) {
    for (let index = 0; index < pieces.length; index++) values[index] = span[pieces[index]!]!;
  } else {
    for (let index = 0; index < pieces.length; index++) {
      const from = pieces[index]!;
      values.set(span.subarray(from, from + pieceLength), index * pieceLength);
    }
  }
  return values;
}

/** For each axis of the target, how far one step along it moves in the row-major matrix. */
function matrixStrides(lengths: readonly number[], reading: MatrixReading): number[] {
  const strides = lengths.map(() => 0);
  let step = 1;
  for (const axes of [reading.columnAxes, reading.rowAxes]) {
    for (let position = axes.length - 1; position >= 0; position--) {
      const axis = axes[position]!;
      strides[axis] = step;
      step *= lengths[axis]!;
    }
  }
  return strides;
}

/** Writes values that follow row-major order of `lengths` from logical index `start` to where `strides` say. */
function scatter(
  data: RealArray,
  values: RealArray,
  start: number,
  lengths: readonly number[],
  strides: readonly number[],
): void {
  const last = lengths.length - 1;
  const inner = lengths[last]!;
  const innerStride = strides[last]!;
  let position = 0;
  while (position < values.length) {
    const logical = start + position;
    const within = logical % inner;
    let rest = Math.floor(logical / inner);
    let destination = within * innerStride;
    for (let axis = last - 1; axis >= 0; axis--) {
      const size = lengths[axis]!;
      destination += (rest % size) * strides[axis]!;
      rest = Math.floor(rest / size);
    }
    const end = Math.min(values.length, position + inner - within);
    for (; position < end; position++, destination += innerStride) data[destination] = values[position]!;
  }
}

function allocatable(elements: number, tensor: string): number {
  if (elements <= MAX_MATRIX_ELEMENTS) return elements;
  throw new ModeScopeError("limit-exceeded", `${tensor} has ${elements} elements: too many to hold as one matrix.`, {
    tensor,
    remedy: "Analyse a part of it, or look at its statistics, which need no copy in memory.",
  });
}
