import { basename } from "node:path";
import { recordedStudy } from "../../protocol/recording.ts";
import type { DynamicsResult } from "../../studies/dynamics/types.ts";
import { recordedEngine } from "../report/answers.ts";
import { writeReport } from "../report/page.ts";
import { printable } from "../terminal.ts";
import { dynamicsText } from "./text.ts";

/** Writes the panel of learning dynamics with this answer as a page. Files are called by their names: no path of this machine goes into it. */
export async function writeDynamicsPage(
  path: string,
  argument: string,
  table: string | null,
  result: DynamicsResult,
): Promise<void> {
  const named = withoutPaths(result);
  const members = [...named.checkpoints, ...named.refused.map((one) => ({ ...one, step: null }))].map(
    ({ uri, name, step }) => ({ uri, name, step }),
  );
  const tables = table === null ? [] : [{ uri: basename(table), name: basename(table) }];
  await writeReport(path, {
    title: `Learning dynamics of ${basename(argument)}`,
    panel: "dynamics",
    files: [basename(argument)],
    answers: [
      ...recordedEngine(),
      { method: "series/find", params: {}, result: { members } },
      { method: "tables/find", params: {}, result: { files: tables } },
      ...recordedStudy("dynamics", {}, named),
    ],
    text: dynamicsText(basename(argument), named),
  });
  process.stderr.write(`${printable(`Written: ${path}`)}\n`);
}

function withoutPaths(result: DynamicsResult): DynamicsResult {
  return {
    ...result,
    checkpoints: result.checkpoints.map((one) => ({ ...one, uri: one.name })),
    refused: result.refused.map((one) => ({ ...one, uri: one.name })),
  };
}
