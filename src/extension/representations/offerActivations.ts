import * as vscode from "vscode";
import { CHECKPOINT_EDITOR } from "../editors/checkpointEditor.ts";

const COMPARE = "modescope.compareRepresentations";

/** Says that activations are there and offers to look at them. */
export async function offerActivations(file: vscode.Uri, said: string): Promise<void> {
  const compare = (await vscode.commands.getCommands(true)).includes(COMPARE) ? ["Compare Representations"] : [];
  const picked = await vscode.window.showInformationMessage(said, ...compare, "Open");
  if (picked === "Open") await vscode.commands.executeCommand("vscode.openWith", file, CHECKPOINT_EDITOR);
  else if (picked !== undefined) await vscode.commands.executeCommand(COMPARE, file);
}
