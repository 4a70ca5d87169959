import * as vscode from "vscode";
import { naturally } from "../../base/naturalOrder.ts";
import { isRecord } from "../../protocol/guards.ts";
import { CHECKPOINT_GLOB, looksLikeCheckpoint, modelIn, NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { chooseCheckpoints } from "../files/chooseCheckpoints.ts";
import { activeUri, isFolder, urisOf } from "../files/clicked.ts";
import { listFolder } from "../files/workspaceFiles.ts";
import type { StudyPlace } from "../panels/studyPlace.ts";
import { STUDY_COMMANDS, type StudyCommand } from "./commands.ts";

/** More panels than these at once are hardly meant. */
const MANY = 4;
/** Of a folder: a run of more checkpoints is compared by naming some of them. */
const MOST_IN_FOLDER = 64;

export function registerStudyCommands(open: (place: StudyPlace) => void): vscode.Disposable[] {
  return STUDY_COMMANDS.map((study) =>
    vscode.commands.registerCommand(study.command, async (clicked?: unknown, selected?: unknown) => {
      const { panel, about, together } = study;
      if (about.length === 0) return open({ panel, files: [], ...(isRecord(clicked) ? { begin: clicked } : {}) });
      const files = await filesOf(study, clicked, selected);
      if (files.length === 0) return;
      if (together === true) return open({ panel, files });
      for (const file of files.slice(0, MANY)) open({ panel, files: [file] });
    }),
  );
}

/** What was clicked or is in front, else what a person chooses. A folder that is one model stands for the file that opens it. */
async function filesOf(
  { about, title, opensFolders }: StudyCommand,
  clicked: unknown,
  selected: unknown,
): Promise<vscode.Uri[]> {
  const uris = urisOf(clicked ?? activeUri(), selected);
  if (uris.length === 0) {
    const glob = about.includes("checkpoint") ? CHECKPOINT_GLOB : "**/*.{csv,tsv}";
    return chooseCheckpoints(await vscode.workspace.findFiles(glob, NO_CODE_GLOB, 2_000), title);
  }
  const files: vscode.Uri[] = [];
  for (const uri of uris) {
    const folder = await isFolder(uri);
    const model = folder ? await modelIn(uri) : null;
    if (model !== null) files.push(vscode.Uri.joinPath(uri, model.entry));
    else if (folder && opensFolders === true) files.push(...(await filesIn(uri)));
    else files.push(uri);
  }
  return files;
}

/** What looks like a checkpoint by its name; a word where there is none, or more than are taken. */
async function filesIn(folder: vscode.Uri): Promise<vscode.Uri[]> {
  const { entries } = await listFolder(folder);
  const names = entries
    .filter(({ name, kind }) => kind === "file" && looksLikeCheckpoint(name))
    .map(({ name }) => name);
  const where = vscode.workspace.asRelativePath(folder);
  if (names.length === 0) void vscode.window.showInformationMessage(`${where} holds no file that could be compared.`);
  if (names.length > MOST_IN_FOLDER)
    void vscode.window.showInformationMessage(
      `${where} holds ${names.length} files: the first ${MOST_IN_FOLDER} are compared. Select the ones that you mean.`,
    );
  return names
    .sort(naturally)
    .slice(0, MOST_IN_FOLDER)
    .map((name) => vscode.Uri.joinPath(folder, name));
}
