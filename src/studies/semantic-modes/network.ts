import { loadMatrix } from "../../analysis/_shared/input.ts";
import { weightMatrixReading } from "../../analysis/_shared/weightMatrix.ts";
import { ModeScopeError, serializeError } from "../../base/errors.ts";
import { type ImageShape, inputImage } from "../../base/imageShape.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { NetworkGraph } from "../../formats/types.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { readChain } from "../../series/chain.ts";
import type { StudyContext, StudyFile } from "../types.ts";

export interface NetworkFile {
  readonly file: string;
  /** From the input to the output; one for a single matrix. */
  readonly layers: readonly DenseMatrix[];
  readonly tensors: readonly string[];
  readonly biases: readonly string[];
  /** Weight matrices of the file, any of which can be looked at by itself. */
  readonly matrices: readonly string[];
  readonly columnImage: ImageShape | null;
  readonly rowNames: readonly string[] | null;
  readonly columnNames: readonly string[] | null;
  readonly labelsFrom: string | null;
  readonly notes: readonly string[];
  /** Name of the value that the file's own graph gives, where it has one that can be run; null for weights alone. */
  readonly output: string | null;
}

/** The chain of a checkpoint's layers; where it is no chain, or one matrix is asked for by name, that matrix. */
export async function readNetwork(
  file: StudyFile,
  wanted: string | null,
  context: Pick<StudyContext, "cancel" | "signal">,
): Promise<NetworkFile> {
  if (wanted !== null) return single(file, tensorCalled(file, wanted), [], context);
  try {
    const { tensors, layers, biases } = await readChain(file.checkpoint, file.tensors, context.signal);
    const [first, last] = [described(file, tensors[0]!), described(file, tensors[tensors.length - 1]!)];
    const labels = await ownLabels(file, first, last, layers[0]!.columns, layers[layers.length - 1]!.rows);
    return {
      file: file.name,
      layers,
      tensors,
      biases,
      matrices: matricesOf(file),
      columnImage: inputImage(first, layers[0]!.columns),
      ...labels,
      output: outputOf(file),
      notes: tensors.length > 1 ? chainNotes(file.checkpoint.graph, biases) : singleNotes(biases),
    };
  } catch (error) {
    context.cancel.throwIfCancelled();
    context.signal.throwIfAborted();
    const last = [...file.tensors].reverse().find((tensor) => isWeight(tensor));
    if (last === undefined) throw error;
    const why = `${file.name} is no chain of linear layers (${serializeError(error).message}) So these are the modes of one of its matrices, ${last.name}, which is not what the network does to items.`;
    return single(file, last, [why], context);
  }
}

function outputOf({ checkpoint }: StudyFile): string | null {
  return checkpoint.format === "onnx" ? (checkpoint.graph?.outputs[0] ?? null) : null;
}

/** A list to choose from: of a model with thousands of layers the first ones. */
const MOST_MATRICES = 500;

function matricesOf({ tensors }: StudyFile): readonly string[] {
  return tensors
    .filter(isWeight)
    .slice(0, MOST_MATRICES)
    .map(({ name }) => name);
}

function isWeight(tensor: DescribedTensor): boolean {
  return !("reason" in weightMatrixReading(tensor, { tensor: tensor.name, part: null, tap: null }));
}

async function single(
  file: StudyFile,
  tensor: DescribedTensor,
  notes: readonly string[],
  { cancel, signal }: Pick<StudyContext, "cancel" | "signal">,
): Promise<NetworkFile> {
  const target = { tensor: tensor.name, part: null, tap: null };
  const loaded = await loadMatrix({ checkpoint: file.checkpoint, tensor, target, cancel, signal, progress() {} });
  const labels = await ownLabels(file, tensor, tensor, loaded.columns, loaded.rows);
  return {
    file: file.name,
    layers: [loaded],
    tensors: [tensor.name],
    biases: [],
    matrices: matricesOf(file),
    columnImage: inputImage(tensor, loaded.columns),
    ...labels,
    output: outputOf(file),
    notes,
  };
}

function described(file: StudyFile, name: string): DescribedTensor {
  return file.tensors.find((tensor) => tensor.name === name)!;
}

function tensorCalled(file: StudyFile, name: string): DescribedTensor {
  const found = file.tensors.find((tensor) => tensor.name === name);
  if (found !== undefined) return found;
  throw new ModeScopeError("unknown-tensor", `There is no tensor “${name}” in ${file.name}.`, { tensor: name });
}

/** Names that the file has for the last layer's outputs and the first one's inputs: a table's heading, classes, a small vocabulary. */
async function ownLabels(
  file: StudyFile,
  first: DescribedTensor,
  last: DescribedTensor,
  columns: number,
  rows: number,
) {
  const { checkpoint } = file;
  const axis = (tensor: DescribedTensor, axes: readonly number[] | undefined) =>
    axes?.length === 1 ? (checkpoint.axisLabels?.[tensor.name]?.[axes[0]!] ?? null) : null;
  let rowNames = axis(last, last.matrix?.rowAxes);
  let columnNames = axis(first, first.matrix?.columnAxes);
  let labelsFrom = rowNames === null && columnNames === null ? null : "the file itself";
  for (const source of checkpoint.labels ?? []) {
    const names = (tensor: DescribedTensor) => source.tensors === undefined || source.tensors.includes(tensor.name);
    if ((rowNames !== null || !names(last)) && (columnNames !== null || !names(first))) continue;
    // A list that cannot be read is no reason to show no modes.
    const words = await source.load().catch(() => null);
    if (words === null) continue;
    if (rowNames === null && words.length === rows && names(last)) [rowNames, labelsFrom] = [words, source.title];
    else if (columnNames === null && words.length === columns && names(first))
      [columnNames, labelsFrom] = [words, source.title];
  }
  return { rowNames, columnNames, labelsFrom };
}

const NONLINEAR = /relu|gelu|tanh|sigmoid|softmax|silu|swish|elu|erf|hardswish|softplus|mish/i;

function chainNotes(graph: NetworkGraph | undefined, biases: readonly string[]): readonly string[] {
  const found = graph?.nodes.find(({ op }) => NONLINEAR.test(op));
  const linear =
    found !== undefined
      ? `There is a ${found.op} between the layers: the product of the weights is only the surrogate with φ = identity. Give the network's answers to see what it does.`
      : graph !== undefined
        ? "The graph has no nonlinearity between these layers: the product is the network's own map."
        : "Weights do not say whether there are nonlinearities between these layers. If there are, their product is only the surrogate with φ = identity; give the network's answers to see what it does.";
  return [linear, ...singleNotes(biases)];
}

function singleNotes(biases: readonly string[]): readonly string[] {
  return biases.length === 0
    ? []
    : [
        `Biases are left out (${biases.slice(0, 3).join(", ")}${biases.length > 3 ? ", …" : ""}): they shift answers and have no mode.`,
      ];
}
