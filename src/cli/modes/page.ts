import { basename } from "node:path";
import type { LabelList } from "../../base/labels.ts";
import { recordedStudy } from "../../protocol/recording.ts";
import type { SemanticModesResult } from "../../studies/semantic-modes/types.ts";
import { recordedEngine, recordedLabels } from "../report/answers.ts";
import { writeReport } from "../report/page.ts";
import { printable } from "../terminal.ts";
import { modesText } from "./text.ts";

/** Writes the panel of semantic modes with this answer as a page; `section`: the part that it opens at. */
export async function writeModesPage(
  path: string,
  page: {
    readonly title: string;
    readonly section?: string;
    readonly files: readonly string[];
    readonly lists: readonly LabelList[];
    readonly result: SemanticModesResult;
  },
): Promise<void> {
  const { title, section, files, lists, result } = page;
  await writeReport(path, {
    title,
    panel: "semantic-modes",
    ...(section === undefined ? {} : { section }),
    files: files.map((file) => basename(file)),
    answers: [...recordedEngine(), ...recordedLabels(lists), ...recordedStudy("semantic-modes", {}, result)],
    text: modesText(result),
  });
  process.stderr.write(`${printable(`Written: ${path}`)}\n`);
}
