import { isCancelled, ModeScopeError, serializeError } from "../../base/errors.ts";
import { modelActivations } from "../_shared/activations.ts";
import type { StudyContext, StudyFile } from "../types.ts";
import { type NetworkFile, readNetwork } from "./network.ts";
import { type ItemTable, looksLikeTable, readItemTable, type TableRole, tableTensor } from "./tables.ts";
import type { SemanticModesParameters } from "./types.ts";

/** What was read of the files. */
export interface Given {
  readonly properties: ItemTable | null;
  readonly inputs: ItemTable | null;
  readonly answers: ItemTable | null;
  readonly network: NetworkFile | null;
  readonly notes: readonly string[];
}

export async function readGiven(context: StudyContext, parameters: SemanticModesParameters): Promise<Given> {
  const { signal } = context;
  let given: Given = { properties: null, inputs: null, answers: null, network: null, notes: [] };
  const table = (file: StudyFile, role: TableRole) => readItemTable(file, role, parameters.items ?? "rows", signal);
  for (const input of context.files)
    given = await context.withFile(input, async (file): Promise<Given> => {
      switch (input.role) {
        case "properties":
        case "inputs":
        case "answers":
          return { ...given, [input.role]: await table(file, input.role) };
        case "network":
          return { ...given, network: await readNetwork(file, parameters.tensor, context) };
        default:
          return joined(given, await readSubject(file, parameters, context));
      }
    });
  const answered = await withRun(given, context, parameters);
  return { ...answered, notes: [...answered.notes, ...checked(answered)] };
}

/** A model that can be run on the given inputs answers for itself: its weights alone would say what it is not. */
async function withRun(given: Given, context: StudyContext, { items }: SemanticModesParameters): Promise<Given> {
  const { properties, inputs, network, answers } = given;
  const { files, cancel } = context;
  const model = files.find(({ role }) => role === "network") ?? files.find(({ role }) => role === "subject");
  const stimuli = files.find(({ role }) => role === "inputs");
  if (properties === null || inputs === null || answers !== null || network === null) return given;
  if (network.output === null || model === undefined || stimuli === undefined) return given;
  if (items === "columns")
    return { ...given, notes: ["The model was not run: it takes its items from the rows of a table."] };
  try {
    const options = { layers: network.output, pooling: "flatten", fill: {} } as const;
    const { layers } = await modelActivations(context, model, stimuli, options);
    const [layer] = layers;
    if (layer === undefined) return { ...given, notes: ["The model was run, but no item changes its answer."] };
    const { features, values } = layer;
    const data = new Float64Array(values.length);
    const count = values.length / features;
    for (let i = 0; i < count; i++) for (let f = 0; f < features; f++) data[f * count + i] = values[i * features + f]!;
    const run = { rows: features, columns: count, data };
    return { ...given, answers: { file: network.file, values: run, itemNames: null, featureNames: null, run: true } };
  } catch (error) {
    cancel.throwIfCancelled();
    if (isCancelled(error)) throw error;
    return { ...given, notes: [`The model was not run: ${serializeError(error).message}`] };
  }
}

function joined(given: Given, more: Partial<Given>): Given {
  const twice = given.properties !== null && more.properties != null;
  if (twice || (given.network !== null && more.network != null))
    throw new ModeScopeError(
      "bad-request",
      `Both files are ${twice ? "tables" : "networks"}: which of them is what cannot be told.`,
      { field: "files", remedy: "Open one of them, and give the other there as its network, inputs or answers." },
    );
  return { ...given, ...more };
}

/** What a person clicked on: a table (with its inputs and answers where one file holds all of them), or a network. */
async function readSubject(
  file: StudyFile,
  { as, items: side, tensor }: SemanticModesParameters,
  context: StudyContext,
): Promise<Partial<Given>> {
  const items = side ?? "rows";
  const isTable = as === "auto" ? tensor === null && looksLikeTable(file) : as === "properties";
  if (!isTable) return { network: await readNetwork(file, tensor, context) };
  const several = file.tensors.filter(({ shape }) => shape.length === 2).length > 1;
  const also = async (role: TableRole) =>
    several && tableTensor(file.tensors, role) !== null ? readItemTable(file, role, items, context.signal) : null;
  return {
    properties: await readItemTable(file, "properties", items, context.signal),
    inputs: await also("inputs"),
    answers: await also("answers"),
  };
}

/** Tables must be about the same items; where both name them, by the same names. */
function checked({ properties, inputs, answers }: Given): readonly string[] {
  if (properties === null) return [];
  const notes: string[] = [];
  for (const other of [inputs, answers]) {
    if (other === null) continue;
    const [wanted, got] = [properties.values.columns, other.values.columns];
    if (got !== wanted)
      throw new ModeScopeError(
        "bad-request",
        `${other.file} has ${got} items, ${properties.file} has ${wanted}: they must be the same items in the same order.`,
      );
    const at =
      properties.itemNames?.findIndex((name, i) => other.itemNames !== null && other.itemNames[i] !== name) ?? -1;
    if (at >= 0)
      notes.push(
        `Item ${at + 1} is “${properties.itemNames![at]}” in ${properties.file}, but “${other.itemNames![at]}” in ${other.file}: they were taken in the order of the files.`,
      );
  }
  return notes;
}
