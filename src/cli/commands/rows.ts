import { analysisById } from "../../analysis/registry.ts";
import type { TargetRef } from "../../analysis/types.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { allTargets, targetKey } from "../../engine/targets.ts";
import type { Outcome } from "../../protocol/contract.ts";
import type { OpenedFile } from "../open.ts";
import { progressLine } from "../terminal.ts";

export interface Row {
  readonly target: TargetRef;
  readonly tensor: DescribedTensor;
  /** Label of the part, or null for a whole tensor. */
  readonly part: string | null;
  /** For people: the tensor's name, and its part in brackets. */
  readonly name: string;
  readonly outcomes: Record<string, Outcome>;
}

/** Runs every chosen analysis over every chosen tensor, with progress on a terminal; a cancel ends it with what cancels throw. */
export async function collectRows(
  { engine, summary, reference, tensors }: OpenedFile,
  { analyses, exactLimit }: { readonly analyses: readonly string[]; readonly exactLimit: number },
  signal: AbortSignal,
  onWake: (listener: () => void) => void,
): Promise<readonly Row[]> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const rows = allTargets(tensors).flatMap((target): Row[] => {
    const tensor = byName.get(target.tensor);
    if (tensor === undefined) return [];
    const part = target.part === null ? null : (tensor.parts[target.part]?.label ?? null);
    return [{ target, tensor, part, name: part === null ? tensor.name : `${tensor.name} [${part}]`, outcomes: {} }];
  });
  const byKey = new Map(rows.map((row) => [targetKey(row.target), row]));
  const progress = progressLine();
  try {
    for (const analysis of analyses) {
      signal.throwIfAborted();
      const { manifest } = analysisById(analysis);
      const parameters = "exactLimit" in manifest.parameters ? { exactLimit } : {};
      const targets = rows.map((row) => row.target);
      const { run } = await engine.handlers["run/start"](
        {
          checkpoint: summary.checkpoint,
          analysis,
          targets,
          parameters,
          ...(reference === null ? {} : { reference }),
        },
        signal,
      );
      const onAbort = () => void engine.handlers["run/cancel"]({ run }, signal);
      signal.addEventListener("abort", onAbort, { once: true });
      let since = 0;
      for (;;) {
        const woken = new Promise<void>((resolve) => onWake(resolve));
        const snapshot = await engine.handlers["run/snapshot"]({ run, since }, signal);
        since = snapshot.revision;
        for (const { target, outcome } of snapshot.outcomes) {
          const row = byKey.get(targetKey(target));
          if (row !== undefined) row.outcomes[analysis] = outcome;
        }
        const now = snapshot.active?.[0];
        const busy =
          now === undefined
            ? ""
            : ` · ${now.target.tensor}${now.fraction > 0 ? ` ${Math.round(100 * now.fraction)} %` : ""}`;
        progress.show(`${summary.name}: ${analysis} ${snapshot.done}/${snapshot.total}${busy}`);
        if (snapshot.state !== "running") break;
        await woken;
      }
      signal.removeEventListener("abort", onAbort);
    }
    signal.throwIfAborted();
  } finally {
    progress.clear();
  }
  return rows;
}
