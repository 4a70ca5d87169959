import type { Command } from "../command.ts";
import { csvLines } from "../csv.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import { factsOf, type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import { bytesText, textTable } from "../table.ts";
import { outputWidth, printable } from "../terminal.ts";

export const inspect: Command = {
  name: "inspect",
  usage: "FILE… [--json | --csv] [--tensors GLOB]",
  does: "Tensors, shapes, dtypes, roles and totals. Reads headers only: a file of any size takes a moment.",
  flags: {},
  help: [],
  examples: ["inspect model.safetensors"],
  prepare: () => ({
    csvHeader: () => csvLines([["file", "tensor", "shape", "dtype", "role", "elements", "storedBytes", "parts"]]),
    run: (file, options) =>
      withCheckpoint(file, null, options, NOTHING, async (opened) => {
        if (options.form === "json")
          printDocument(
            { schema: "modescope/inspect/1", file, ...factsOf(opened.summary), tensors: opened.tensors },
            options.several,
          );
        else if (options.form === "csv") printCsv(file, opened);
        else printText(opened);
        return EXIT.ok;
      }),
  }),
};

const NOTHING = () => {};

function printCsv(file: string, { summary, tensors }: OpenedFile): void {
  process.stdout.write(
    csvLines(
      tensors.map(({ name, shape, dtype, role, elements, storedBytes, parts }) => [
        file,
        name,
        shape.join("×"),
        dtype,
        role,
        elements,
        storedBytes,
        parts.map(({ label }) => label).join(" "),
      ]),
    ),
  );
  printFindings(summary);
}

function printText({ summary, tensors }: OpenedFile): void {
  const { totals } = summary;
  const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  process.stdout.write(`${printable(summary.name)}: ${summary.formatTitle}, ${bytesText(summary.fileBytes)}\n`);
  process.stdout.write(
    `${count(totals.tensors, "tensor")}, ${count(totals.parameters, "parameter")}, ${totals.dtypes.map((row) => `${row.dtype} ${bytesText(row.bytes)}`).join(", ")}\n\n`,
  );
  const fused = tensors.some(({ parts }) => parts.length > 0);
  const columns = [
    { title: "tensor" },
    { title: "shape", right: true },
    { title: "dtype" },
    { title: "role" },
    ...(fused ? [{ title: "parts" }] : []),
  ];
  const rows = tensors.map(({ name, shape, dtype, role, parts }) => [
    name,
    shape.length === 0 ? "scalar" : shape.join("×"),
    dtype,
    role,
    parts.map(({ label }) => label).join(" "),
  ]);
  process.stdout.write(`${textTable(columns, rows, outputWidth())}\n`);
  printFindings(summary);
}
