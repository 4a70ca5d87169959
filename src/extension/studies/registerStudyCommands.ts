import * as vscode from "vscode";
import { isRecord } from "../../protocol/guards.ts";
import { CHECKPOINT_GLOB, modelIn, NO_CODE_GLOB } from "../files/checkpointGlob.ts";
import { chooseCheckpoints } from "../files/chooseCheckpoints.ts";
import { activeUri, isFolder, urisOf } from "../files/clicked.ts";
import type { StudyPlace } from "../panels/studyPlace.ts";
import { STUDY_COMMANDS, type StudyCommand } from "./commands.ts";

/** More panels than these at once are hardly meant. */
const MANY = 4;

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
async function filesOf({ about, title }: StudyCommand, clicked: unknown, selected: unknown): Promise<vscode.Uri[]> {
  const uris = urisOf(clicked ?? activeUri(), selected);
  if (uris.length === 0) {
    const glob = about.includes("checkpoint") ? CHECKPOINT_GLOB : "**/*.{csv,tsv}";
    return chooseCheckpoints(await vscode.workspace.findFiles(glob, NO_CODE_GLOB, 2_000), title);
  }
  const files: vscode.Uri[] = [];
  for (const uri of uris) {
    const model = (await isFolder(uri)) ? await modelIn(uri) : null;
    files.push(model === null ? uri : vscode.Uri.joinPath(uri, model.entry));
  }
  return files;
}
