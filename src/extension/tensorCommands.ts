import * as vscode from "vscode";
import type { TargetRef } from "../analysis/types.ts";
import { describeError, serializeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { CheckpointSummary } from "../protocol/contract.ts";
import { isRecord } from "../protocol/guards.ts";
import type { CodeLinks } from "./codeLinks/codeLinks.ts";
import type { EngineClient } from "./engineClient.ts";
import type { TensorPanels } from "./panels/tensorPanels.ts";
import { readTensorAs } from "./readTensorAs.ts";

interface Place {
  readonly uri: vscode.Uri;
  readonly target: TargetRef;
}

/** Commands about one tensor: from the context menu of a row, or for the tensor view in front. */
export function registerTensorCommands(
  tensors: TensorPanels,
  codeLinks: CodeLinks,
  engine: EngineClient,
): vscode.Disposable[] {
  const about = (run: (place: Place) => unknown) => async (clicked?: unknown) => {
    const place = placeOf(clicked) ?? tensors.active;
    if (place === null)
      return void vscode.window.showInformationMessage("Open a tensor first: press Enter on a row of a checkpoint.");
    await run(place);
  };
  return [
    vscode.commands.registerCommand(
      "modescope.openTensor",
      about(({ uri, target }) => tensors.open(uri, target)),
    ),
    vscode.commands.registerCommand("modescope.showModeHierarchy", async (clicked?: unknown) => {
      const place =
        placeOf(clicked) ?? (clicked instanceof vscode.Uri ? await firstMatrix(engine, clicked) : tensors.active);
      if (place === null)
        return void (
          clicked instanceof vscode.Uri ||
          vscode.window.showInformationMessage(
            "Open a tensor first, or right-click a table (CSV, TSV) in the Explorer.",
          )
        );
      tensors.open(place.uri, place.target, "hierarchy");
    }),
    vscode.commands.registerCommand(
      "modescope.copyTensorName",
      about(({ target }) => vscode.env.clipboard.writeText(target.tensor)),
    ),
    vscode.commands.registerCommand(
      "modescope.readTensorAs",
      about(({ target }) => readTensorAs(target.tensor)),
    ),
    vscode.commands.registerCommand(
      "modescope.goToCode",
      about(({ uri, target }) => codeLinks.open(uri, target.tensor)),
    ),
  ];
}

/** A table has one matrix; of a checkpoint the first that can be read as one. */
async function firstMatrix(engine: EngineClient, uri: vscode.Uri): Promise<Place | null> {
  try {
    const summary = (await engine.request("checkpoint/open", { uri: uri.toString() })) as CheckpointSummary;
    const { checkpoint, totals } = summary;
    const { tensors } = (await engine.request("checkpoint/tensors", {
      checkpoint,
      from: 0,
      count: totals.tensors,
    })) as {
      tensors: readonly DescribedTensor[];
    };
    await engine.request("checkpoint/close", { checkpoint });
    const tensor = tensors.find(({ matrix }) => matrix !== undefined);
    if (tensor !== undefined) return { uri, target: { tensor: tensor.name, part: null, tap: null } };
    void vscode.window.showWarningMessage(`${vscode.workspace.asRelativePath(uri)} holds no matrix.`);
  } catch (error) {
    void vscode.window.showErrorMessage(describeError(serializeError(error)));
  }
  return null;
}

/** What a webview says its menu was opened on. It is the webview's word, so every field is looked at. */
function placeOf(clicked: unknown): Place | null {
  if (!isRecord(clicked)) return null;
  const { checkpoint, tensor, part } = clicked;
  if (typeof checkpoint !== "string" || typeof tensor !== "string") return null;
  const index = typeof part === "number" && Number.isSafeInteger(part) && part >= 0 ? part : null;
  return { uri: vscode.Uri.parse(checkpoint, true), target: { tensor, part: index, tap: null } };
}
