import * as vscode from "vscode";
import { sample } from "./cases.ts";
import { noise, safetensors } from "./madeCheckpoints.ts";
import { check, eventually, type Test } from "./runner.ts";

/** A file of one layer, ten units over sixteen inputs; `change` breaks it. */
function layer(change: (weights: Float32Array) => void): Uint8Array {
  const values = noise(160, 0);
  change(values);
  return safetensors([{ name: "fc1.weight", shape: [10, 16], values }]);
}

const rulesAt = (uri: vscode.Uri) =>
  vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === "ModeScope")
    .map(({ code }) => (typeof code === "object" ? String(code.value) : String(code)));

/** Waits until exactly these rules stand on the file. */
async function rulesAre(uri: vscode.Uri, wanted: readonly string[]): Promise<void> {
  const words = [...wanted].sort().join(" ");
  await eventually(`${words === "" ? "no finding" : words} on ${uri.path}`, async () =>
    rulesAt(uri).sort().join(" ") === words ? true : undefined,
  ).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)} There is: ${rulesAt(uri).join(" ")}.`);
  });
}

const dead = (weights: Float32Array) => weights.fill(0, 32, 48);
const nan = (weights: Float32Array) => {
  dead(weights);
  weights[3] = Number.NaN;
};

export const CHECKPOINT_LINT: readonly Test[] = [
  {
    name: "Lint Checkpoint puts findings on the file, with severity, numbers, a page and the line of code; they follow the file",
    async run() {
      const folder = sample("linted");
      const file = vscode.Uri.joinPath(folder, "broken.safetensors");
      const code = vscode.Uri.joinPath(folder, "net.py");
      await vscode.workspace.fs.writeFile(
        code,
        new TextEncoder().encode(
          "from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc1 = nn.Linear(16, 10)\n",
        ),
      );
      await vscode.workspace.fs.writeFile(file, layer(nan));
      // The editor tells of new sources when it has seen them.
      const found = await eventually("findings with the line of code", async () => {
        await vscode.commands.executeCommand("modescope.lintCheckpoint", file);
        const now = vscode.languages.getDiagnostics(file);
        return now.some(({ relatedInformation }) => relatedInformation?.[0] !== undefined) ? now : undefined;
      });
      await rulesAre(file, ["MF010", "MF022"]);
      const values = found.find(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
      check(
        values?.message.startsWith("fc1.weight: 1 NaN and 0 infinite of 160 entries") === true,
        `The error says “${values?.message}”.`,
      );
      check(
        typeof values.code === "object" && values.code.target.path.endsWith("/docs/rules/MF022.md"),
        "The code has no page.",
      );
      const place = values.relatedInformation?.[0]?.location;
      check(
        place?.uri.path === code.path && place.range.start.line === 5,
        `The line of code is ${place?.uri.path}:${place?.range.start.line}.`,
      );

      await vscode.workspace.fs.writeFile(file, layer(dead));
      await rulesAre(file, ["MF010"]);
      await vscode.workspace.getConfiguration("modescope").update("lint.severity", { MF010: "off" });
      await rulesAre(file, []);
      await vscode.workspace.getConfiguration("modescope").update("lint.severity", undefined);
      await rulesAre(file, ["MF010"]);
      await vscode.commands.executeCommand("modescope.clearCheckpointFindings");
      await rulesAre(file, []);
      await vscode.commands.executeCommand("modescope.lintCheckpoint", file);
      await rulesAre(file, ["MF010"]);
      await vscode.workspace.fs.delete(file);
      await rulesAre(file, []);
      await vscode.workspace.fs.delete(folder, { recursive: true });
    },
  },
  {
    name: "a checkpoint that is opened is linted, and its findings go with its editor",
    async run() {
      const file = sample("opened.safetensors");
      await vscode.workspace.fs.writeFile(file, layer(dead));
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", file);
      await rulesAre(file, ["MF010"]);
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await rulesAre(file, []);
      await vscode.workspace.fs.delete(file);
    },
  },
  {
    name: "a source that lies about a file of before training has the finding on its line, the file has it too, each with the way to the other",
    async run() {
      const folder = sample("lying");
      const [file, code] = ["epoch-000.pt", "train_mlp.py"].map((name) => vscode.Uri.joinPath(folder, name));
      check(file !== undefined && code !== undefined, "Two names were given.");
      const honest = new TextDecoder().decode(await vscode.workspace.fs.readFile(sample("digits/train_mlp.py")));
      const write = (text: string) => vscode.workspace.fs.writeFile(code, new TextEncoder().encode(text));
      await write(honest);
      await vscode.workspace.fs.copy(sample("digits/mlp/checkpoints/epoch-000.pt"), file);
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", file);
      await rulesAre(file, []);

      // The source that is nearest; the honest one lies farther and agrees, so a person has to say that this one is meant.
      const lying = honest.replace("    optimizer =", "    nn.init.kaiming_normal_(model[2].weight)\n    optimizer =");
      check(lying !== honest, "The sample has no line to change.");
      const document = await vscode.workspace.openTextDocument(code);
      const edit = new vscode.WorkspaceEdit();
      edit.replace(code, new vscode.Range(0, 0, document.lineCount, 0), lying);
      await vscode.workspace.applyEdit(edit);
      await document.save();
      await vscode.workspace.fs.delete(sample("digits/train_mlp.py"));
      await vscode.commands.executeCommand("modescope.lintCheckpoint", file);
      await rulesAre(file, ["MF024"]);
      const [own] = vscode.languages.getDiagnostics(file);
      const there = vscode.languages.getDiagnostics(code).find(({ message }) => message.includes("of before training"));
      check(there !== undefined, "The line that lies has no finding.");
      const line = document.lineAt(there.range.start.line).text;
      check(line.includes("kaiming_normal_"), `The finding stands on “${line.trim()}”.`);
      check(
        own?.relatedInformation?.[0]?.location.uri.path === code.path &&
          own.relatedInformation[0].location.range.isEqual(there.range),
        "The file's finding does not lead to the line.",
      );
      check(
        there.relatedInformation?.[0]?.location.uri.path === file.path,
        "The line's finding does not lead to the file.",
      );

      const back = new vscode.WorkspaceEdit();
      back.replace(code, new vscode.Range(0, 0, document.lineCount, 0), honest);
      await vscode.workspace.applyEdit(back);
      await document.save();
      await rulesAre(file, []);
      check(
        vscode.languages.getDiagnostics(code).every(({ message }) => !message.includes("of before training")),
        "The line that tells the truth still has a finding.",
      );
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await vscode.workspace.fs.copy(code, sample("digits/train_mlp.py"));
      await vscode.workspace.fs.delete(folder, { recursive: true });
    },
  },
];
