import * as vscode from "vscode";
import { sample } from "./cases.ts";
import { check, eventually, type Test } from "./runner.ts";

const CHECKPOINT = "transformer/checkpoints/step-0100.pt";

/** What a row's context menu hands to its commands. */
const row = (tensor: string) => ({ checkpoint: sample(CHECKPOINT).toString(), tensor, part: null });

/** Commands about one tensor, as the menus of rows and tensor views call them. */
export const TENSORS: readonly Test[] = [
  {
    name: "a tensor's code is opened at the line that names its module",
    async run() {
      await vscode.commands.executeCommand("modescope.goToCode", row("blocks.0.attn.in_proj_weight"));
      const editor = vscode.window.activeTextEditor;
      check(editor?.document.uri.path.endsWith("/transformer/train.py") === true, "train.py is not in front.");
      const line = editor.document.lineAt(editor.selection.active.line).text;
      check(line.includes("self.attn = nn.MultiheadAttention"), `The cursor is on “${line.trim()}”.`);
    },
  },
  {
    name: "a row's menu opens its tensor view",
    async run() {
      await vscode.commands.executeCommand("modescope.openTensor", row("head.weight"));
      await eventually("the tensor view", async () =>
        vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .find(({ input, label }) => input instanceof vscode.TabInputWebview && label === "head.weight"),
      );
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    },
  },
  {
    name: "a menu that hands over nonsense opens nothing and breaks nothing",
    async run() {
      for (const nonsense of [
        null,
        7,
        {},
        { checkpoint: 3, tensor: "a" },
        { checkpoint: "file:///x.pt", tensor: null },
      ])
        await vscode.commands.executeCommand("modescope.openTensor", nonsense);
      check(
        vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0),
        "Something was opened.",
      );
    },
  },
];
