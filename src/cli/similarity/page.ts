import type { LabelList } from "../../base/labels.ts";
import { recordedStudy } from "../../protocol/recording.ts";
import type { SimilarityResult } from "../../studies/similarity/types.ts";
import type { WeightsCompareResult } from "../../studies/weights-compare/types.ts";
import { recordedEngine, recordedLabels } from "../report/answers.ts";
import { writeReport } from "../report/page.ts";
import { printable } from "../terminal.ts";

/** What the panel shows of a comparison, as a page. It may travel: it holds names of files, no paths of this machine. */
export async function writeSimilarityPage(
  path: string,
  title: string,
  result: SimilarityResult,
  nameLists: readonly LabelList[],
  text: string,
): Promise<void> {
  const names = result.files.map(({ name }) => name);
  const shared = { ...result, files: names.map((name) => ({ name, uri: name })) };
  const answers = [...recordedEngine(), ...recordedLabels(nameLists), ...recordedStudy("similarity", {}, shared)];
  await write(path, { title: `${title}: ${names.join(", ")}`, panel: "similarity", files: names, answers, text });
}

export async function writeWeightsPage(path: string, result: WeightsCompareResult, text: string): Promise<void> {
  const files = [...result.files];
  const answers = [...recordedEngine(), ...recordedStudy("weights-compare", {}, result)];
  await write(path, { title: `Weights: ${files.join(", ")}`, panel: "weights-compare", files, answers, text });
}

async function write(path: string, report: Parameters<typeof writeReport>[1]): Promise<void> {
  await writeReport(path, report);
  process.stderr.write(`${printable(`Written: ${path}`)}\n`);
}
