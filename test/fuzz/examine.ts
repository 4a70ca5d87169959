import { posix } from "node:path";
import { memorySource } from "../../src/base/byteSource.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { type ErrorCode, ModeScopeError } from "../../src/base/errors.ts";
import { MAX_NAME_LENGTH } from "../../src/base/limits.ts";
import type { TensorInfo } from "../../src/base/tensor.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";
import type { Checkpoint } from "../../src/formats/types.ts";
import type { Case } from "./corpus.ts";

/** What a file may honestly be answered. Anything else that is thrown is a fault of ours. */
const HONEST = new Set<ErrorCode>([
  "short-read",
  "source-missing",
  "source-too-large",
  "limit-exceeded",
  "bad-format",
  "unsupported",
  "unknown-format",
]);
/** An expanded tensor may claim 2^40 values: this many are read of a file, from every tensor's beginning, middle and end. */
const MAX_VALUES = 1 << 20;
const MAX_PIECE = 1 << 14;
const MAX_READ_TENSORS = 2_000;

export type Verdict =
  | { readonly kind: "opened"; readonly tensors: number; readonly refusedReads: number }
  | { readonly kind: "refused"; readonly code: ErrorCode }
  | { readonly kind: "finding"; readonly what: string };

/** Opens a case as the engine does and reads its values. */
export async function examine({ name, bytes, beside }: Case): Promise<Verdict> {
  const sibling = async (wanted: string) => {
    const content = beside.get(posix.normalize(wanted));
    if (content === undefined)
      throw new ModeScopeError("bad-format", "There is no such file beside it.", { field: "sibling" });
    return memorySource(content, `file:///fuzz/${wanted}`);
  };
  try {
    const { checkpoint } = await openCheckpoint(memorySource(bytes, `file:///fuzz/${name}`), name, { sibling });
    try {
      holdsTogether(checkpoint);
      const refusedReads = await readAll(checkpoint);
      return { kind: "opened", tensors: checkpoint.tensors.length, refusedReads };
    } finally {
      await checkpoint.close();
    }
  } catch (error) {
    if (error instanceof ModeScopeError && HONEST.has(error.code)) return { kind: "refused", code: error.code };
    return {
      kind: "finding",
      what: error instanceof Error ? (error.stack ?? error.message) : `not an Error: ${String(error)}`,
    };
  }
}

function holdsTogether(checkpoint: Checkpoint): void {
  const names = new Set<string>();
  for (const tensor of checkpoint.tensors) {
    const wrong = whatIsWrong(tensor, names);
    if (wrong !== null)
      throw new Error(
        `The table itself is wrong: ${wrong} (${JSON.stringify({ ...tensor, name: tensor.name.slice(0, 80) })})`,
      );
    names.add(tensor.name);
  }
  // What goes to the screen must survive the way there.
  JSON.stringify(
    structuredClone({ metadata: checkpoint.metadata, findings: checkpoint.findings, skipped: checkpoint.skipped }),
  );
  if (describeTensors(checkpoint).length !== checkpoint.tensors.length)
    throw new Error("Interpretation lost a tensor.");
}

function whatIsWrong(tensor: TensorInfo, names: ReadonlySet<string>): string | null {
  if (names.has(tensor.name)) return "two tensors of one name";
  if (tensor.name.length > MAX_NAME_LENGTH) return "a name that is too long";
  if (!Object.hasOwn(DTYPES, tensor.dtype)) return "a dtype that does not exist";
  if (!tensor.shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return "a size that is no count";
  if (tensor.elements !== tensor.shape.reduce((product, size) => product * size, 1))
    return "elements that are not the shape's product";
  if (!Number.isSafeInteger(tensor.storedBytes) || tensor.storedBytes < 0) return "stored bytes that are no count";
  return null;
}

async function readAll(checkpoint: Checkpoint): Promise<number> {
  let left = MAX_VALUES;
  let refused = 0;
  for (const tensor of checkpoint.tensors.slice(0, MAX_READ_TENSORS)) {
    for (const { start, count } of pieces(tensor.elements)) {
      if (left < count) return refused;
      left -= count;
      try {
        const values = await checkpoint.read(tensor.name, start, count);
        if (values.length !== count) throw new Error(`${values.length} values came where ${count} were asked for.`);
      } catch (error) {
        if (!(error instanceof ModeScopeError) || !HONEST.has(error.code)) throw error;
        refused += 1;
      }
    }
  }
  return refused;
}

function pieces(elements: number): readonly { readonly start: number; readonly count: number }[] {
  if (elements <= 4 * MAX_PIECE) return [{ start: 0, count: elements }];
  return [0, Math.floor(elements / 2), elements - MAX_PIECE].map((start) => ({ start, count: MAX_PIECE }));
}
