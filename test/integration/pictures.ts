import * as vscode from "vscode";
import { editorTab, finished, sample } from "./cases.ts";
import { brokenNetwork } from "./madeCheckpoints.ts";
import { runTests, step } from "./runner.ts";

/** Not a test of its own: sets the scene for `npm run pictures`, and asks the driver for each picture. */
export function run(): Promise<void> {
  return runTests("node", [
    {
      name: "an overview is photographed",
      milliseconds: 280_000,
      async run() {
        const checkpoint = sample("transformer/checkpoints/step-1000.pt");
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const script = await vscode.workspace.openTextDocument(sample("transformer/train.py"));
        await vscode.window.showTextDocument(script, { viewColumn: vscode.ViewColumn.One, preview: false });
        await vscode.commands.executeCommand("modescope.analyzeCheckpoint", checkpoint);
        await editorTab(checkpoint);
        await finished(checkpoint);
        await step({ picture: "overview" });
      },
    },
    {
      name: "a tensor is photographed",
      milliseconds: 280_000,
      run: () => step({ picture: "tensor" }),
    },
    {
      name: "the lint of a checkpoint is photographed",
      milliseconds: 280_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const checkpoint = sample("broken/step-0000.safetensors");
        await vscode.workspace.fs.writeFile(checkpoint, brokenNetwork());
        // What watches the file must not take its making for a change.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await vscode.commands.executeCommand("modescope.analyzeCheckpoint", checkpoint);
        await editorTab(checkpoint);
        await finished(checkpoint);
        await vscode.commands.executeCommand("workbench.actions.view.problems");
        await step({ picture: "lint" });
        await vscode.commands.executeCommand("workbench.action.closePanel");
      },
    },
    {
      name: "a hierarchy is photographed",
      milliseconds: 280_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const table = sample("toy-world/eight-items/data.csv");
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(table), {
          viewColumn: vscode.ViewColumn.One,
          preview: false,
        });
        await vscode.commands.executeCommand("modescope.showModeHierarchy", table);
        await step({ picture: "hierarchy" });
      },
    },
    {
      name: "the relatives of a language detector are photographed",
      milliseconds: 800_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const model = await languageDetector();
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sample("README.md")), {
          viewColumn: vscode.ViewColumn.One,
          preview: false,
        });
        const tensor = "linear/linear_model/content/weights";
        await vscode.commands.executeCommand("modescope.showModeHierarchy", { checkpoint: model.toString(), tensor });
        // Three times the nulls of 54 classes by 5,000 pieces of text, on whatever machine it is.
        await step({ picture: "languages" }, 780_000);
      },
    },
    {
      name: "a network in the code is photographed in its phase diagram",
      milliseconds: 280_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const script = await vscode.workspace.openTextDocument(sample("criticality/train.py"));
        const editor = await vscode.window.showTextDocument(script, {
          viewColumn: vscode.ViewColumn.One,
          preview: false,
        });
        editor.revealRange(new vscode.Range(20, 0, 20, 0), vscode.TextEditorRevealType.AtTop);
        await step({ picture: "phase-diagram" });
      },
    },
    {
      name: "learning dynamics are photographed",
      milliseconds: 280_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        const run = sample("toy-world/eight-items/checkpoints");
        await vscode.commands.executeCommand("modescope.showLearningDynamics", run);
        await step({ picture: "dynamics" });
      },
    },
    {
      name: "signal propagation through a model is photographed",
      milliseconds: 280_000,
      async run() {
        for (const panel of ["Isometry", "Expressivity"]) {
          await vscode.commands.executeCommand("workbench.action.closeAllEditors");
          await vscode.commands.executeCommand(`modescope.show${panel}`, await residualModel());
          await step({ picture: panel.toLowerCase() });
        }
      },
    },
    {
      name: "a simulation is photographed",
      milliseconds: 280_000,
      async run() {
        await vscode.commands.executeCommand("workbench.action.closeAllEditors");
        await vscode.commands.executeCommand("modescope.openLearningSimulator");
        await step({ picture: "simulator" });
      },
    },
  ]);
}

/** The model that VS Code ships to guess a file's language, out of the package that the tests read, into the workspace. */
async function languageDetector(): Promise<vscode.Uri> {
  const { extensionUri } = vscode.extensions.getExtension("modescope.modescope")!;
  const from = vscode.Uri.joinPath(extensionUri, "node_modules/@vscode/vscode-languagedetection/model");
  const to = sample("language-detection");
  await vscode.workspace.fs.copy(from, to, { overwrite: true });
  return vscode.Uri.joinPath(to, "model.json");
}

/** A small network with convolutions, batch norms and skip connections, into the workspace. */
async function residualModel(): Promise<vscode.Uri> {
  const { extensionUri } = vscode.extensions.getExtension("modescope.modescope")!;
  const from = vscode.Uri.joinPath(extensionUri, "test/fixtures/derivatives/residual.onnx");
  const to = sample("residual-init.onnx");
  await vscode.workspace.fs.copy(from, to, { overwrite: true });
  return to;
}
