import { ANALYSES, analysisById } from "../../analysis/registry.ts";
import { describeError } from "../../base/errors.ts";
import type { Outcome } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import { type Command, textOf, UsageError, wholeNumberOf } from "../command.ts";
import { csvLines } from "../csv.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import { factsOf, type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";
import { CSV_COLUMNS, TEXT_COLUMNS } from "./columns.ts";
import { collectRows, type Row } from "./rows.ts";

const DEFAULT = "statistics,spectrum";

export const analyze: Command = {
  name: "analyze",
  usage: "FILE… [--json | --csv] [--tensors GLOB] [--analyses LIST]",
  does: "Statistics and spectra of every tensor, each against its null; fused tensors (LSTM gates, q/k/v) part by part.",
  flags: { analyses: { type: "string" }, against: { type: "string" }, "exact-limit": { type: "string" } },
  help: [
    ["--analyses LIST", "comma-separated, see below; default statistics,spectrum; with --against also travel"],
    ["--against FILE", "an earlier checkpoint of the same run: what changed since, and noise levels from its entries"],
    ["--exact-limit N", "all singular values up to this smaller dimension, above it the leading ones (default 1024)"],
  ],
  examples: [
    "analyze step-000.pt --tensors '*.weight'",
    "analyze 'run/step-*.pt' --csv > run.csv",
    "analyze run/step-900.pt --against run/step-000.pt",
    "analyze model.safetensors --json | jq '.targets[] | {name, norm: .analyses.spectrum.result.spectralNorm.value}'",
  ],
  notes: `Analyses
${ANALYSES.map(({ manifest }) => `  ${manifest.id.padEnd(17)} ${manifest.title}`).join("\n")}

Columns
  ‖W‖₂ largest singular value · stable rank ‖W‖_F²/‖W‖₂² · erank exp(entropy of the singular values' shares); ~ marks an estimate,
  whose standard error is in --json and --csv · modes: singular values above the 99 % noise edge (empty where no null may be fitted)
  σ₁/edge · travel ‖W−W₀‖_F/‖W₀‖_F since the checkpoint named with --against`,

  prepare(given) {
    const against = textOf(given, "against") ?? null;
    const exactLimit = wholeNumberOf(given, "exact-limit", 1024, 1, 999_999_999);
    const list = textOf(given, "analyses") ?? (against === null ? DEFAULT : `${DEFAULT},travel`);
    const analyses = list.split(",").map((id) => id.trim());
    const needy = analyses.find((id) => analysisById(id).manifest.reference === "required");
    if (needy !== undefined && against === null)
      throw new UsageError(`${needy} compares with an earlier checkpoint: name it with --against FILE.`);
    return {
      csvHeader: () => csvLines([[...FIXED, ...columnsFor(CSV_COLUMNS, analyses).map(({ title }) => title)]]),
      run: (file, options) => {
        let wake = () => {};
        return withCheckpoint(
          file,
          against,
          options,
          () => wake(),
          async (opened) => {
            const rows = await collectRows(opened, { analyses, exactLimit }, options.signal, (listener) => {
              wake = listener;
            });
            print(file, opened, rows, analyses, options);
            const failed = rows.some(({ outcomes }) => Object.values(outcomes).some(({ kind }) => kind === "failed"));
            return failed ? EXIT.partial : EXIT.ok;
          },
        );
      },
    };
  },
};

const FIXED = ["file", "tensor", "part", "shape", "dtype", "role"];

function print(
  file: string,
  opened: OpenedFile,
  rows: readonly Row[],
  analyses: readonly string[],
  options: CliOptions,
): void {
  if (options.form === "json") {
    printJson(file, opened, rows, options);
    return;
  }
  if (options.form === "csv") printCsv(file, rows, analyses);
  else printText(rows, analyses);
  printFailures(rows);
  printRemarks(rows);
  printFindings(opened.summary);
}

function columnsFor<T extends { readonly analysis: string }>(columns: readonly T[], analyses: readonly string[]): T[] {
  return columns.filter(({ analysis }) => analyses.includes(analysis));
}

function printJson(file: string, { summary }: OpenedFile, rows: readonly Row[], { several }: CliOptions): void {
  const targets = rows.map(({ target, name, tensor, outcomes }) => ({
    ...target,
    name,
    shape: tensor.shape,
    dtype: tensor.dtype,
    role: tensor.role,
    analyses: Object.fromEntries(
      Object.entries(outcomes).map(([id, outcome]) => [
        id,
        // What differs from call to call (times, whether cached) stays out: equal files give equal documents.
        outcome.kind === "done" ? { kind: "done", result: outcome.result } : outcome,
      ]),
    ),
  }));
  printDocument({ schema: "modescope/analyze/1", file, ...factsOf(summary), targets }, several);
}

function printCsv(file: string, rows: readonly Row[], analyses: readonly string[]): void {
  const columns = columnsFor(CSV_COLUMNS, analyses);
  process.stdout.write(
    csvLines(
      rows.map(({ tensor, part, outcomes }) => [
        file,
        tensor.name,
        part,
        tensor.shape.join("×"),
        tensor.dtype,
        tensor.role,
        ...columns.map(({ value }) => value(outcomes)),
      ]),
    ),
  );
}

function printText(rows: readonly Row[], analyses: readonly string[]): void {
  const known = columnsFor(TEXT_COLUMNS, analyses);
  // A column that says nothing about any tensor only takes width.
  const columns = known.filter(({ text }) => rows.some(({ outcomes }) => text(outcomes) !== ""));
  process.stdout.write(
    `${textTable(
      [{ title: "tensor" }, ...columns.map(({ title }) => ({ title, right: true }))],
      rows.map(({ name, outcomes }) => [name, ...columns.map(({ text }) => text(outcomes))]),
      outputWidth(),
    )}\n`,
  );
  const unseen = analyses.filter((id) => !known.some(({ analysis }) => analysis === id));
  if (unseen.length > 0)
    process.stderr.write(`Results of ${unseen.join(", ")} have no columns: see them with --json.\n`);
}

/** What the numbers make remarkable, each with its tensor's name. Analyses that both say it say it once. */
function printRemarks(rows: readonly Row[]): void {
  const messages = rows.flatMap(({ outcomes }) => Object.values(outcomes).flatMap(remarksOf));
  for (const message of new Set(messages))
    process.stderr.write(`${coloured("remark:", "yellow")} ${printable(message)}\n`);
}

function remarksOf(outcome: Outcome): string[] {
  const list = outcome.kind === "done" && isRecord(outcome.result) ? outcome.result.remarks : null;
  return Array.isArray(list)
    ? list.flatMap((one) => (isRecord(one) && typeof one.message === "string" ? [one.message] : []))
    : [];
}

function printFailures(rows: readonly Row[]): void {
  for (const { name, outcomes } of rows) {
    for (const [analysis, outcome] of Object.entries(outcomes)) {
      if (outcome.kind !== "failed") continue;
      const what = printable(`${analysis} of ${name}: ${describeError(outcome.error)}`);
      process.stderr.write(`${coloured("failed:", "red")} ${what}\n`);
    }
  }
}
