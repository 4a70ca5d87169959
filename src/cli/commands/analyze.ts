import { describeError } from "../../base/errors.ts";
import type { Outcome } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import { csvLines } from "../csv.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import { factsOf, type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";
import { CSV_COLUMNS, TEXT_COLUMNS } from "./columns.ts";
import { collectRows, type Row } from "./rows.ts";

export const analyze = {
  csvHeader: ({ analyses }: CliOptions) =>
    csvLines([
      [
        "file",
        "tensor",
        "part",
        "shape",
        "dtype",
        "role",
        ...columnsFor(CSV_COLUMNS, analyses).map(({ title }) => title),
      ],
    ]),

  run(file: string, options: CliOptions): Promise<number> {
    let wake = () => {};
    return withCheckpoint(
      file,
      options,
      () => wake(),
      async (opened) => {
        const rows = await collectRows(opened, options, (listener) => {
          wake = listener;
        });
        if (options.form === "json") printJson(file, opened, rows, options);
        else if (options.form === "csv") printCsv(file, rows, options);
        else printText(rows, options);
        if (options.form !== "json") {
          printFailures(rows);
          printRemarks(rows);
          printFindings(opened.summary);
        }
        const failed = rows.some(({ outcomes }) => Object.values(outcomes).some(({ kind }) => kind === "failed"));
        return failed ? EXIT.partial : EXIT.ok;
      },
    );
  },
};

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

function printCsv(file: string, rows: readonly Row[], { analyses }: CliOptions): void {
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

function printText(rows: readonly Row[], { analyses }: CliOptions): void {
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
