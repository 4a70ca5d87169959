import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ModeScopeError, serializeError } from "../base/errors.ts";
import { globMatcher } from "../base/glob.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Engine } from "../engine/engine.ts";
import { localEngine } from "../platform/node/localEngine.ts";
import type { CheckpointSummary } from "../protocol/contract.ts";
import type { CliOptions } from "./options.ts";
import { coloured, printable } from "./terminal.ts";

export interface OpenedFile {
  readonly engine: Engine;
  readonly summary: CheckpointSummary;
  /** Handle of the checkpoint that `--against` named; null for none. */
  readonly reference: string | null;
  /** Those that `--tensors` chose. */
  readonly tensors: readonly DescribedTensor[];
}

/** Opens a file (and the one to compare it with, `against`) in an engine of this process, hands it over, and closes all of it again. */
export async function withCheckpoint<T>(
  file: string,
  against: string | null,
  options: CliOptions,
  emit: (event: string, data: unknown) => void,
  use: (opened: OpenedFile) => Promise<T>,
): Promise<T> {
  options.signal.throwIfAborted();
  const engine = localEngine(__dirname, options, emit);
  try {
    const summary = await engine.handlers["checkpoint/open"](
      { uri: pathToFileURL(resolve(file)).href, readings: options.readings },
      options.signal,
    );
    const { tensors } = await engine.handlers["checkpoint/tensors"](
      { checkpoint: summary.checkpoint, from: 0, count: summary.totals.tensors },
      options.signal,
    );
    return await use({
      engine,
      summary,
      reference: against === null ? null : await openReference(engine, against, options),
      tensors: chosen(tensors, options.tensors),
    });
  } finally {
    engine.dispose();
  }
}

async function openReference(
  engine: Engine,
  file: string,
  { readings, signal }: Pick<CliOptions, "readings" | "signal">,
): Promise<string> {
  try {
    return (await engine.handlers["checkpoint/open"]({ uri: pathToFileURL(resolve(file)).href, readings }, signal))
      .checkpoint;
  } catch (error) {
    const { code, message, details } = serializeError(error);
    throw new ModeScopeError(code, `The checkpoint to compare with, ${file}: ${message}`, details, { cause: error });
  }
}

function chosen(tensors: readonly DescribedTensor[], pattern: string): readonly DescribedTensor[] {
  const matches = globMatcher(pattern);
  const wanted = tensors.filter(({ name }) => matches(name));
  if (wanted.length > 0) return wanted;
  const some = tensors.slice(0, 3).map(({ name }) => name);
  throw new ModeScopeError("bad-request", `No tensor matches ${pattern}.`, {
    remedy: `There are ${tensors.length}, for example ${some.join(", ")}.`,
  });
}

/** What of a summary goes into JSON: all but what differs from call to call. */
export function factsOf({ checkpoint: _handle, openMilliseconds: _time, ...facts }: CheckpointSummary) {
  return facts;
}

export function printFindings(summary: CheckpointSummary): void {
  for (const { kind, message } of summary.findings)
    process.stderr.write(`${coloured(`${kind}:`, "yellow")} ${printable(message)}\n`);
  for (const { name, reason } of summary.skipped)
    process.stderr.write(`${coloured("skipped:", "yellow")} ${printable(`${name}: ${reason}`)}\n`);
}
