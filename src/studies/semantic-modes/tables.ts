import { LimitError, ModeScopeError } from "../../base/errors.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import type { StudyFile } from "../types.ts";

export interface ItemTable {
  readonly file: string;
  /** Features (properties, inputs, outputs) × items. */
  readonly values: DenseMatrix;
  readonly itemNames: readonly string[] | null;
  readonly featureNames: readonly string[] | null;
  /** What a model answered when it was run here. */
  readonly run?: true;
}

export type TableRole = "properties" | "inputs" | "answers";

/** Names under which a file of several arrays keeps each of them. */
const NAMES: Readonly<Record<TableRole, readonly string[]>> = {
  properties: ["properties", "y", "targets", "target", "table", "data"],
  inputs: ["inputs", "x", "input", "items"],
  answers: ["answers", "outputs", "yhat", "y_hat", "logits", "predictions", "activations"],
};
/** 256 MiB of doubles, and a few copies while it is worked on. */
const MAX_ELEMENTS = 2 ** 25;

/** The table of a role in a file: its only matrix, or of several the one whose name says so. */
export async function readItemTable(
  { name, checkpoint, tensors }: StudyFile,
  role: TableRole,
  items: "rows" | "columns",
  signal: AbortSignal,
): Promise<ItemTable> {
  const tensor = tableTensor(tensors, role);
  if (tensor === null) throw noTable(name, role, tensors);
  if (tensor.elements > MAX_ELEMENTS)
    throw new LimitError(
      `${name} has ${tensor.elements} numbers; modes of a table are computed for at most ${MAX_ELEMENTS}.`,
    );
  const [rows = 0, columns = 0] = tensor.shape;
  const values = await checkpoint.read(tensor.name, 0, tensor.elements, signal);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw new ModeScopeError(
      "non-finite",
      `${name} has no number in row ${Math.floor(broken / columns)}, column ${broken % columns}.`,
      {
        tensor: tensor.name,
        remedy: "Fill the cell or leave out its row: a mode of a table with gaps is not defined.",
      },
    );
  const labels = checkpoint.axisLabels?.[tensor.name] ?? null;
  const [byRow, byColumn] = [labels?.[0] ?? null, labels?.[1] ?? null];
  const data = new Float64Array(rows * columns);
  if (items === "columns") data.set(values);
  else for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) data[c * rows + r] = values[r * columns + c]!;
  return items === "rows"
    ? { file: name, values: { rows: columns, columns: rows, data }, itemNames: byRow, featureNames: byColumn }
    : { file: name, values: { rows, columns, data }, itemNames: byColumn, featureNames: byRow };
}

export function tableTensor(tensors: readonly DescribedTensor[], role: TableRole): DescribedTensor | null {
  const matrices = tensors.filter(({ shape }) => shape.length === 2);
  if (matrices.length === 1) return matrices[0]!;
  const named = NAMES[role].flatMap((word) => matrices.filter(({ name }) => name.toLowerCase() === word));
  return named[0] ?? null;
}

/** A table is the one format that is nothing else, a file with one matrix and no more, or one whose arrays are called properties, inputs, answers. */
export function looksLikeTable({ checkpoint, tensors }: Pick<StudyFile, "checkpoint" | "tensors">): boolean {
  if (checkpoint.format === "table") return true;
  if (checkpoint.format === "npy") return tensors[0]?.shape.length === 2;
  const [only] = tensors;
  if (tensors.length === 1 && only?.shape.length === 2) return !/weight|kernel|embed/i.test(only.name);
  return tableTensor(tensors, "properties") !== null && tensors.every(({ name }) => isTableName(name));
}

function isTableName(name: string): boolean {
  return Object.values(NAMES).some((words) => words.includes(name.toLowerCase())) || /names|labels/i.test(name);
}

function noTable(file: string, role: TableRole, tensors: readonly DescribedTensor[]): ModeScopeError {
  const matrices = tensors.filter(({ shape }) => shape.length === 2);
  return new ModeScopeError(
    "bad-format",
    `${file} holds ${matrices.length} matrices, and none of them is called ${NAMES[role].slice(0, 3).join(" or ")}.`,
    {
      field: role,
      remedy: "Name a table (CSV, TSV, JSON, .npy) with items in its rows, or name the arrays of the file so.",
    },
  );
}
