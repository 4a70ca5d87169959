import * as vscode from "vscode";
import { editorTab, finished, sample } from "./cases.ts";
import { brokenNetwork } from "./madeCheckpoints.ts";
import { runTests, step, type Test } from "./runner.ts";

/** Where the driver says which pictures it wants; without it all are. */
const WANTED = ".modescope-pictures.json";

/** Not a test of its own: sets the scenes for `npm run pictures`, and asks the driver for each picture. */
export async function run(): Promise<void> {
  const wanted = await vscode.workspace.fs.readFile(sample(WANTED)).then(
    (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as readonly string[],
    () => null,
  );
  const scenes = SCENES.filter(({ pictures }) => wanted === null || pictures.some((one) => wanted.includes(one)));
  return runTests("node", scenes);
}

const SCENES: readonly (Test & { readonly pictures: readonly string[] })[] = [
  {
    name: "an overview and a tensor of it are photographed",
    pictures: ["overview", "tensor", "spectrum"],
    milliseconds: 560_000,
    async run() {
      const checkpoint = sample("transformer/checkpoints/step-1000.pt");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      const script = await vscode.workspace.openTextDocument(sample("transformer/train.py"));
      await vscode.window.showTextDocument(script, { viewColumn: vscode.ViewColumn.One, preview: false });
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", checkpoint);
      await editorTab(checkpoint);
      await finished(checkpoint);
      await step({ picture: "overview" });
      await step({ picture: "tensor" });
    },
  },
  {
    name: "the lint of a checkpoint is photographed",
    pictures: ["lint"],
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
    pictures: ["hierarchy"],
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
    pictures: ["languages"],
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
    pictures: ["phase-diagram"],
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
    pictures: ["dynamics"],
    milliseconds: 280_000,
    async run() {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      const run = sample("toy-world/eight-items/checkpoints");
      await vscode.commands.executeCommand("modescope.showLearningDynamics", run);
      await step({ picture: "dynamics" });
    },
  },
  ...["Isometry", "Expressivity"].map((panel) => ({
    name: `${panel} of a model is photographed`,
    pictures: [panel.toLowerCase()],
    milliseconds: 280_000,
    async run() {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await vscode.commands.executeCommand(`modescope.show${panel}`, await residualModel());
      await step({ picture: panel.toLowerCase() });
    },
  })),
  {
    name: "a simulation is photographed",
    pictures: ["simulator", "differentiation"],
    milliseconds: 280_000,
    async run() {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await vscode.commands.executeCommand("modescope.openLearningSimulator");
      await step({ picture: "simulator" });
    },
  },
  {
    name: "a comparison of representations is photographed",
    pictures: ["similarity", "similarity-items"],
    milliseconds: 480_000,
    async run() {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      const files = ["seed-0.npz", "seed-1.npz", "recording.h5", "stimuli.npy"].map((name) =>
        sample(`two-seeds/${name}`),
      );
      await vscode.commands.executeCommand("modescope.compareRepresentations", files[0], files);
      await step({ picture: "similarity" }, 470_000);
    },
  },
];

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
