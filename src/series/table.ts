import { ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint } from "../formats/types.ts";
import type { DataTable } from "./types.ts";

/** 400 MB in double precision, and its modes take as much again. */
const MAX_ENTRIES = 5e7;

/** The only matrix of a table, .npy or other file, items in its rows. `name` is for the messages. */
export async function readDataTable(
  name: string,
  checkpoint: Checkpoint,
  described: readonly DescribedTensor[],
  signal: AbortSignal,
): Promise<DataTable> {
  const matrices = described.filter(({ shape }) => shape.length === 2);
  const [tensor] = matrices;
  if (tensor === undefined || matrices.length > 1)
    throw new ModeScopeError("bad-format", `${name} holds ${matrices.length} matrices; a data table is one.`, {
      remedy: "Name a CSV, TSV or .npy file with items in its rows and properties in its columns.",
    });
  const [items = 0, properties = 0] = tensor.shape;
  if (tensor.elements > MAX_ENTRIES)
    throw new ModeScopeError(
      "limit-exceeded",
      `${name} has ${items} × ${properties} entries: more than a table of items and properties may have.`,
      {
        remedy: "Take fewer items: what is taught often says the same of many.",
      },
    );
  const values = await checkpoint.read(tensor.name, 0, tensor.elements, signal);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw new ModeScopeError(
      "non-finite",
      `${name} has no number in row ${Math.floor(broken / properties)}, column ${broken % properties}.`,
    );
  const data = new Float64Array(items * properties);
  for (let i = 0; i < items; i++)
    for (let p = 0; p < properties; p++) data[p * items + i] = values[i * properties + p]!;
  const labels = checkpoint.axisLabels?.[tensor.name] ?? null;
  return {
    y: { rows: properties, columns: items, data },
    x: null,
    itemNames: labels?.[0] ?? null,
    propertyNames: labels?.[1] ?? null,
  };
}
