import * as vscode from "vscode";
import { isRecord } from "../protocol/guards.ts";
import { chooseMatrix, type Place } from "./chooseMatrix.ts";
import type { CodeLinks } from "./codeLinks/codeLinks.ts";
import type { EngineClient } from "./engineClient.ts";
import { activeUri, uriOf } from "./files/clicked.ts";
import type { TensorPanels } from "./panels/tensorPanels.ts";
import { readTensorAs } from "./readTensorAs.ts";

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
      const place = placeOf(clicked) ?? (uriOf(clicked) === undefined ? tensors.active : null);
      const found = place ?? (await chooseMatrix(engine, uriOf(clicked) ?? activeUri()));
      if (found !== null) tensors.open(found.uri, found.target, "hierarchy");
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

/** What a webview says its menu was opened on. It is the webview's word, so every field is looked at. */
function placeOf(clicked: unknown): Place | null {
  if (!isRecord(clicked)) return null;
  const { checkpoint, tensor, part } = clicked;
  if (typeof checkpoint !== "string" || typeof tensor !== "string") return null;
  const index = typeof part === "number" && Number.isSafeInteger(part) && part >= 0 ? part : null;
  return { uri: vscode.Uri.parse(checkpoint, true), target: { tensor, part: index, tap: null } };
}
