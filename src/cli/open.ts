import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Engine } from "../engine/engine.ts";
import { localEngine } from "../platform/node/localEngine.ts";
import type { CheckpointSummary } from "../protocol/contract.ts";
import type { CliOptions } from "./options.ts";

export interface OpenedFile {
  readonly engine: Engine;
  readonly summary: CheckpointSummary;
  readonly tensors: readonly DescribedTensor[];
}

/** Opens a file in an engine of this process, hands it over, and closes all of it again. */
export async function withCheckpoint<T>(
  file: string,
  options: CliOptions,
  emit: (event: string, data: unknown) => void,
  use: (opened: OpenedFile) => Promise<T>,
): Promise<T> {
  const engine = localEngine(__dirname, options, emit);
  try {
    const summary = await engine.handlers["checkpoint/open"](
      { uri: pathToFileURL(resolve(file)).href },
      options.signal,
    );
    const { tensors } = await engine.handlers["checkpoint/tensors"](
      { checkpoint: summary.checkpoint, from: 0, count: summary.totals.tensors },
      options.signal,
    );
    return await use({ engine, summary, tensors });
  } finally {
    engine.dispose();
  }
}

export function printFindings(summary: CheckpointSummary): void {
  for (const finding of summary.findings) process.stderr.write(`${finding.kind}: ${finding.message}\n`);
  for (const { name, reason } of summary.skipped) process.stderr.write(`skipped: ${name}: ${reason}\n`);
}
