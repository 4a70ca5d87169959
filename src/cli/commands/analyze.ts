import { analysisById } from "../../analysis/registry.ts";
import type { SpectrumResult } from "../../analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../analysis/statistics/types.ts";
import type { TargetRef } from "../../analysis/types.ts";
import { describeError } from "../../base/errors.ts";
import { allTargets, targetKey } from "../../engine/targets.ts";
import type { Outcome, RunSnapshot } from "../../protocol/contract.ts";
import { EXIT } from "../exitCodes.ts";
import { globMatcher } from "../glob.ts";
import { toJson } from "../json.ts";
import { type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { numberText, textTable } from "../table.ts";

interface Row {
  readonly target: TargetRef;
  readonly name: string;
  readonly outcomes: Record<string, Outcome>;
}

export async function analyze(file: string, options: CliOptions): Promise<number> {
  for (const id of options.analyses) analysisById(id);
  let wake = () => {};
  return withCheckpoint(
    file,
    options,
    () => wake(),
    async (opened) => {
      const rows = await collect(opened, options, (listener) => {
        wake = listener;
      });
      const failed = rows.some((row) => Object.values(row.outcomes).some((outcome) => outcome.kind === "failed"));
      if (options.json) printJson(opened, rows);
      else printText(opened, rows);
      return failed ? EXIT.partial : EXIT.ok;
    },
  );
}

async function collect(
  opened: OpenedFile,
  options: CliOptions,
  onWake: (listener: () => void) => void,
): Promise<readonly Row[]> {
  const { engine, summary, tensors } = opened;
  const matches = globMatcher(options.tensors);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const rows = allTargets(tensors.filter((tensor) => matches(tensor.name))).map((target): Row => {
    const part = target.part === null ? undefined : byName.get(target.tensor)?.parts[target.part];
    return { target, name: part === undefined ? target.tensor : `${target.tensor} [${part.label}]`, outcomes: {} };
  });
  const byKey = new Map(rows.map((row) => [targetKey(row.target), row]));
  const progress = progressLine();
  for (const analysis of options.analyses) {
    const parameters = analysis === "spectrum" ? { exactLimit: options.exactLimit } : {};
    const { run } = await engine.handlers["run/start"](
      { checkpoint: summary.checkpoint, analysis, targets: rows.map((row) => row.target), parameters },
      options.signal,
    );
    const onAbort = () => void engine.handlers["run/cancel"]({ run }, options.signal);
    options.signal.addEventListener("abort", onAbort, { once: true });
    let since = 0;
    for (;;) {
      const woken = new Promise<void>((resolve) => onWake(resolve));
      const snapshot: RunSnapshot = await engine.handlers["run/snapshot"]({ run, since }, options.signal);
      since = snapshot.revision;
      for (const { target, outcome } of snapshot.outcomes) {
        const row = byKey.get(targetKey(target));
        if (row !== undefined) row.outcomes[analysis] = outcome;
      }
      progress.show(`${analysis} ${snapshot.done}/${snapshot.total}`);
      if (snapshot.state !== "running") break;
      await woken;
    }
    options.signal.removeEventListener("abort", onAbort);
    options.signal.throwIfAborted();
  }
  progress.clear();
  return rows;
}

function printJson({ summary, tensors }: OpenedFile, rows: readonly Row[]): void {
  const { checkpoint: _handle, openMilliseconds: _time, ...facts } = summary;
  const described = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const targets = rows.map((row) => ({
    ...row.target,
    name: row.name,
    shape: described.get(row.target.tensor)?.shape,
    dtype: described.get(row.target.tensor)?.dtype,
    role: described.get(row.target.tensor)?.role,
    analyses: Object.fromEntries(
      Object.entries(row.outcomes).map(([id, outcome]) => [
        id,
        outcome.kind === "done" ? { kind: "done", result: outcome.result } : outcome,
      ]),
    ),
  }));
  process.stdout.write(`${toJson({ schema: "modescope/analyze/1", ...facts, targets })}\n`);
}

function printText({ summary }: OpenedFile, rows: readonly Row[]): void {
  const body = rows.map(({ name, outcomes }) => {
    const statistics = resultOf<StatisticsResult>(outcomes.statistics);
    const spectrum = resultOf<SpectrumResult>(outcomes.spectrum);
    const rank = spectrum?.effectiveRank;
    return [
      name,
      numberText(statistics?.elements),
      numberText(statistics?.mean),
      numberText(statistics?.std),
      numberText(statistics?.min),
      numberText(statistics?.max),
      statistics === undefined ? "" : numberText(statistics.nan + statistics.infinite),
      numberText(spectrum?.spectralNorm.value),
      numberText(spectrum?.stableRank.value),
      rank === undefined || rank === null ? "" : `${rank.how.kind === "estimate" ? "~" : ""}${numberText(rank.value)}`,
    ];
  });
  const header = ["tensor", "elements", "mean", "std", "min", "max", "NaN/Inf", "‖W‖₂", "stable rank", "erank"];
  process.stdout.write(`${textTable(header, body, new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]))}\n`);
  for (const { name, outcomes } of rows) {
    for (const [analysis, outcome] of Object.entries(outcomes)) {
      if (outcome.kind === "failed")
        process.stderr.write(`failed: ${analysis} of ${name}: ${describeError(outcome.error)}\n`);
    }
  }
  printFindings(summary);
}

function resultOf<T>(outcome: Outcome | undefined): T | undefined {
  return outcome?.kind === "done" ? (outcome.result as T) : undefined;
}

/** One line on a terminal, rewritten; nothing where standard error is no terminal. */
function progressLine() {
  const live = process.stderr.isTTY === true;
  return {
    show: (text: string) => void (live && process.stderr.write(`\r\x1b[2K${text}`)),
    clear: () => void (live && process.stderr.write("\r\x1b[2K")),
  };
}
