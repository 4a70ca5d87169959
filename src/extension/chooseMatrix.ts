import * as vscode from "vscode";
import type { TargetRef } from "../analysis/types.ts";
import { describeError, serializeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { CheckpointSummary } from "../protocol/contract.ts";
import type { EngineClient } from "./engineClient.ts";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, modelIn, NO_CODE_GLOB } from "./files/checkpointGlob.ts";
import { chooseCheckpoints } from "./files/chooseCheckpoints.ts";
import { isFolder } from "./files/clicked.ts";
import { listFolder } from "./files/workspaceFiles.ts";

export interface Place {
  readonly uri: vscode.Uri;
  readonly target: TargetRef;
}

const TITLE = "Show Mode Hierarchy";
const TABLES = /\.(csv|tsv|table\.json)$/i;

/**
 * The matrix that a click on a file or folder means: a table's only one, or the one that a person chooses of a checkpoint's. Nothing clicked: of the
 * workspace. Null where the choice was dismissed or there is none, which is said.
 */
export async function chooseMatrix(engine: EngineClient, clicked: vscode.Uri | undefined): Promise<Place | null> {
  const file = await fileOf(clicked);
  return file === undefined ? null : matrixOf(engine, file);
}

async function fileOf(clicked: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (clicked === undefined) {
    const [tables, others] = await Promise.all([
      vscode.workspace.findFiles("**/*.{csv,tsv,table.json}", NO_CODE_GLOB, 500),
      vscode.workspace.findFiles(CHECKPOINT_GLOB, NO_CODE_GLOB, 2_000),
    ]);
    const seen = new Set(tables.map(String));
    return (await chooseCheckpoints([...tables, ...others.filter((uri) => !seen.has(uri.toString()))], TITLE))[0];
  }
  if (!(await isFolder(clicked))) return clicked;
  const model = await modelIn(clicked);
  if (model !== null) return vscode.Uri.joinPath(clicked, model.entry);
  const inside = (await listFolder(clicked)).entries
    .filter(({ name, kind }) => kind === "file" && (TABLES.test(name) || looksLikeCheckpoint(name)))
    .map(({ name }) => vscode.Uri.joinPath(clicked, name));
  if (inside.length === 0)
    void vscode.window.showInformationMessage(
      `There is no data table and no checkpoint directly in ${vscode.workspace.asRelativePath(clicked)}.`,
    );
  return inside.length > 1 ? (await chooseCheckpoints(inside, TITLE))[0] : inside[0];
}

async function matrixOf(engine: EngineClient, uri: vscode.Uri): Promise<Place | null> {
  try {
    const summary = (await engine.request("checkpoint/open", { uri: uri.toString() })) as CheckpointSummary;
    const { checkpoint, totals } = summary;
    const range = { checkpoint, from: 0, count: totals.tensors };
    const { tensors } = (await engine.request("checkpoint/tensors", range)) as { tensors: readonly DescribedTensor[] };
    await engine.request("checkpoint/close", { checkpoint });
    const matrices = tensors.filter(({ matrix, role }) => matrix !== undefined && role === "weight");
    const tensor = await oneOf(matrices.length > 0 ? matrices : tensors.filter(({ matrix }) => matrix !== undefined));
    if (tensor === null)
      void vscode.window.showWarningMessage(`${vscode.workspace.asRelativePath(uri)} holds no matrix.`);
    return tensor === null || tensor === undefined ? null : { uri, target: { tensor, part: null, tap: null } };
  } catch (error) {
    void vscode.window.showErrorMessage(describeError(serializeError(error)));
    return null;
  }
}

/** Name of the only matrix, or of the one that a person chooses; undefined where the choice was dismissed, null where there is none. */
async function oneOf(matrices: readonly DescribedTensor[]): Promise<string | null | undefined> {
  if (matrices.length <= 1) return matrices[0]?.name ?? null;
  const picked = await vscode.window.showQuickPick(
    matrices.map(({ name, matrix, dtype }) => ({
      label: name,
      description: `${matrix?.rows} outputs × ${matrix?.columns} inputs, ${dtype}`,
    })),
    { title: TITLE, placeHolder: "Which matrix?", matchOnDescription: true },
  );
  return picked?.label;
}
