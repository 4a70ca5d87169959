import * as vscode from "vscode";
import { describeError, ModeScopeError, serializeError } from "../../base/errors.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { EngineClient } from "../engineClient.ts";
import { chooseFiles } from "../files/chooseFiles.ts";
import { uriOf } from "../files/clicked.ts";
import { askStudy } from "../studies/askStudy.ts";
import { offerActivations } from "./offerActivations.ts";

const STIMULI = [".npz", ".npy", ".safetensors", ".csv", ".tsv", ".h5", ".hdf5", ".mat"];
/** Inputs that get one number for all items: a model with more of them is driven from the command line. */
const MOST_FILLED = 8;

interface Choice extends vscode.QuickPickItem {
  readonly parameters: Readonly<Record<string, string>>;
}

const LAYERS: readonly Choice[] = [
  {
    label: "Layers with Weights, Averaged Over Positions",
    detail: "Results of convolutions, matrix products and recurrent layers, channel by channel",
    parameters: { pooling: "mean" },
  },
  {
    label: "Layers with Weights, Every Position",
    detail: "The same, each position of each channel a feature of its own",
    parameters: { pooling: "flatten" },
  },
  {
    label: "All Values of the Graph, Averaged Over Positions",
    detail: "Also what normalisations, activations and additions give",
    parameters: { layers: "*", pooling: "mean" },
  },
];

/** Runs an ONNX model on a person's items, saves what its layers answer, and offers what can be done with it. */
export async function runModel(engine: EngineClient, clicked: unknown): Promise<void> {
  const model = uriOf(clicked) ?? (await chooseModel());
  if (model === undefined) return;
  const name = model.path.slice(model.path.lastIndexOf("/") + 1);
  const stimuli = await chooseFiles(model, { title: `Stimuli for ${name}`, extensions: STIMULI, many: false });
  if (stimuli?.[0] === undefined) return;
  const choice = await vscode.window.showQuickPick(LAYERS, { title: `Layers of ${name}` });
  if (choice === undefined) return;
  const files = [
    { role: "model", uri: model.toString() },
    { role: "stimuli", uri: stimuli[0].toString() },
  ];
  const fill: Record<string, number> = {};
  for (let asked = 0; asked <= MOST_FILLED; asked++) {
    try {
      const title = `Running ${name}`;
      const result = await askStudy(
        engine,
        { study: "activations", files, parameters: { ...choice.parameters, fill } },
        title,
      );
      if (result === undefined) return;
      await save(model, result);
      return;
    } catch (error) {
      const input = wantedInput(error);
      const value = input === null ? undefined : await askValue(input, error);
      if (input === null) void vscode.window.showErrorMessage(describeError(serializeError(error)));
      if (input === null || value === undefined) return;
      fill[input] = value;
    }
  }
}

async function chooseModel(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles("**/*.onnx", "**/node_modules/**", 500);
  if (found.length === 0) void vscode.window.showInformationMessage("There is no ONNX model in this workspace.");
  const picks = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return picks.length === 0 ? undefined : (await vscode.window.showQuickPick(picks, { title: "Model to Run" }))?.uri;
}

/** The model's input that the stimuli have no array for, as the study names it. */
function wantedInput(error: unknown): string | null {
  const field = error instanceof ModeScopeError ? error.details.field : undefined;
  return field?.startsWith("fill.") === true ? field.slice("fill.".length) : null;
}

async function askValue(input: string, error: unknown): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: `A Value for ${input}`,
    prompt: `${describeError(serializeError(error))} One number, the same for every item:`,
    validateInput: (value) =>
      value.trim() !== "" && Number.isFinite(Number(value)) ? null : "A number, such as 0 or 16000.",
  });
  return text === undefined ? undefined : Number(text);
}

async function save(model: vscode.Uri, result: unknown): Promise<void> {
  if (!isRecord(result) || !(result.file instanceof Uint8Array) || !Array.isArray(result.layers)) return;
  const suggested = model.path.slice(model.path.lastIndexOf("/") + 1).replace(/\.onnx$/i, ".activations.safetensors");
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(model, "..", suggested),
    title: "Save Activations",
    filters: { safetensors: ["safetensors"] },
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, result.file);
  const skipped = Array.isArray(result.skipped) ? result.skipped.length : 0;
  const left = skipped === 0 ? "" : ` ${skipped} values represent no item and were left out.`;
  await offerActivations(target, `${result.layers.length} layers of ${String(result.items)} items were saved.${left}`);
}
