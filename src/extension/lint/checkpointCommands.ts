import * as vscode from "vscode";
import { describeError, serializeError } from "../../base/errors.ts";
import type { CheckpointLintResult } from "../../studies/checkpoint-lint/types.ts";
import { CHECKPOINT_GLOB, modelIn, NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { chooseCheckpoints } from "../files/chooseCheckpoints.ts";
import { activeUri, isFolder, uriOf, urisOf } from "../files/clicked.ts";
import type { CheckpointLints } from "./checkpointLints.ts";

const SHOW = "Show Problems";
const AUTOMATIC = "Nearest Source That Fits";
/** Beside what is compared with now. */
const CURRENT = "current choice";
const OPEN = "Open Overview";
const NONE = "Compare with No Source";

export function registerCheckpointLintCommands(lints: CheckpointLints): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand("modescope.lintCheckpoint", async (clicked?: unknown, selected?: unknown) => {
      const files = await checkpointsOf(clicked, selected, "Lint Checkpoint");
      if (files.length > 0) await lintAll(lints, files);
    }),
    vscode.commands.registerCommand("modescope.compareWithSource", async (clicked?: unknown) => {
      const [file] = await checkpointsOf(clicked, undefined, "Compare with Source");
      if (file !== undefined && (await chooseSource(lints, file))) await lintAll(lints, [file]);
    }),
    vscode.commands.registerCommand("modescope.clearCheckpointFindings", () => lints.clear()),
  ];
}

/** What was clicked or is in front, else what a person chooses. A folder that is one model stands for the file that opens it. */
async function checkpointsOf(clicked: unknown, selected: unknown, title: string): Promise<vscode.Uri[]> {
  const uris = urisOf(uriOf(clicked) ?? activeUri(), selected);
  if (uris.length === 0)
    return chooseCheckpoints(await vscode.workspace.findFiles(CHECKPOINT_GLOB, NO_CODE_GLOB, 2_000), title);
  const files: vscode.Uri[] = [];
  for (const uri of uris) {
    const model = (await isFolder(uri)) ? await modelIn(uri) : null;
    files.push(model === null ? uri : vscode.Uri.joinPath(uri, model.entry));
  }
  return files;
}

async function lintAll(lints: CheckpointLints, files: readonly vscode.Uri[]): Promise<void> {
  const results: CheckpointLintResult[] = [];
  const failed: string[] = [];
  let off = 0;
  const location = vscode.ProgressLocation.Notification;
  const title = files.length === 1 ? `Linting ${nameOf(files[0]!)}` : `Linting ${files.length} checkpoints`;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    for (const file of files) {
      if (token.isCancellationRequested) return;
      try {
        const outcome = await lints.lint(file, stop.signal);
        if (outcome.kind === "result") results.push(outcome.result);
        else if (outcome.kind === "off") off++;
        else if (outcome.kind === "gone")
          failed.push(`${nameOf(file)} is gone: it was deleted or moved while it was linted.`);
      } catch (error) {
        failed.push(`${nameOf(file)}: ${describeError(serializeError(error))}`);
      }
      progress.report({ increment: 100 / files.length });
    }
  });
  for (const words of failed) void vscode.window.showErrorMessage(words);
  const text = off > 0 && results.length === 0 ? "The settings turn the lint off here." : summary(results);
  if (text === "") return;
  const found = results.some(({ findings }) => findings.length > 0);
  const [only, ...others] = files;
  const next = [...(found ? [SHOW] : []), ...(others.length === 0 && results.length > 0 ? [OPEN] : [])];
  // Not waited for: the command is through, whether or not someone reads what it says.
  void vscode.window.showInformationMessage(text, ...next).then((chosen) => {
    if (chosen === SHOW) void vscode.commands.executeCommand("workbench.actions.view.problems");
    if (chosen === OPEN) void vscode.commands.executeCommand("modescope.analyzeCheckpoint", only);
  });
}

function summary(results: readonly CheckpointLintResult[]): string {
  const [only] = results;
  if (only === undefined) return "";
  const count = results.reduce((sum, { findings }) => sum + findings.length, 0);
  const words = count === 0 ? "No findings" : count === 1 ? "1 finding" : `${count} findings`;
  if (results.length > 1) return `${words} in ${results.length} checkpoints.`;
  return [`${only.name}: ${words.toLowerCase()}.`, only.verdict.sentence, ...only.notes].join(" ");
}

/** Asks which source made it; whether anything was chosen. */
async function chooseSource({ sources }: CheckpointLints, file: vscode.Uri): Promise<boolean> {
  const now = sources.choice(file);
  const candidates = await sources.candidates(file);
  const items: (vscode.QuickPickItem & { readonly source: vscode.Uri | null | undefined })[] = [
    { label: AUTOMATIC, description: now === undefined ? CURRENT : "", source: undefined },
    ...candidates.map((source) => ({
      label: vscode.workspace.asRelativePath(source),
      description: now?.toString() === source.toString() ? CURRENT : "",
      source,
    })),
    { label: NONE, description: now === null ? CURRENT : "", source: null },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `Source of ${nameOf(file)}`,
    placeHolder: "Which Python source initializes this network? The nearest ones come first",
  });
  if (picked === undefined) return false;
  await sources.choose(file, picked.source);
  return true;
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf("/") + 1);
}
