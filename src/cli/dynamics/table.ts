import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ModeScopeError } from "../../base/errors.ts";
import { openByUri } from "../../engine/session.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { nodeSources } from "../../platform/node/fileSource.ts";
import { NO_OTHER_SOURCES } from "../../platform/remoteSources.ts";

export interface DataTable {
  /** Properties × items: what the network should answer to each one-hot item. */
  readonly y: DenseMatrix;
  readonly itemNames: readonly string[] | null;
  readonly propertyNames: readonly string[] | null;
}

/** The only matrix of a table, .npy or other file, items in its rows. */
export async function readDataTable(path: string, signal: AbortSignal): Promise<DataTable> {
  const opened = await openByUri(nodeSources(NO_OTHER_SOURCES), pathToFileURL(resolve(path)).href, signal);
  try {
    const matrices = opened.tensors.filter(({ shape }) => shape.length === 2);
    const [tensor] = matrices;
    if (tensor === undefined || matrices.length > 1)
      throw new ModeScopeError("bad-format", `${path} holds ${matrices.length} matrices; a data table is one.`, {
        remedy: "Name a CSV, TSV or .npy file with items in its rows and properties in its columns.",
      });
    const [items = 0, properties = 0] = tensor.shape;
    const values = await opened.checkpoint.read(tensor.name, 0, tensor.elements, signal);
    const broken = values.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0)
      throw new ModeScopeError(
        "non-finite",
        `${path} has no number in row ${Math.floor(broken / properties)}, column ${broken % properties}.`,
      );
    const data = new Float64Array(items * properties);
    for (let i = 0; i < items; i++)
      for (let p = 0; p < properties; p++) data[p * items + i] = values[i * properties + p]!;
    const labels = opened.checkpoint.axisLabels?.[tensor.name] ?? null;
    return {
      y: { rows: properties, columns: items, data },
      itemNames: labels?.[0] ?? null,
      propertyNames: labels?.[1] ?? null,
    };
  } finally {
    await opened.checkpoint.close();
  }
}
