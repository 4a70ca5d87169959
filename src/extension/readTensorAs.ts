import * as vscode from "vscode";
import { globMatcher } from "../base/glob.ts";
import type { AxisLayout, TensorReading, TensorRole } from "../base/tensor.ts";
import { LAYOUT_WORDS, readingsOfSetting } from "../formats/interpret/readings.ts";
import { setTensorOverrides, tensorOverrides } from "./settings.ts";

interface Choice extends vscode.QuickPickItem {
  /** Null: as ModeScope reads it by itself. */
  readonly reading: { readonly role?: TensorRole; readonly layout?: AxisLayout } | null;
}

const weight = (layout: AxisLayout, description: string): Choice => ({
  label: `Weight, ${LAYOUT_WORDS[layout]}`,
  description,
  reading: { role: "weight", layout },
});
const role = (name: TensorRole, label: string, description: string): Choice => ({
  label,
  description,
  reading: { role: name },
});

const CHOICES: readonly Choice[] = [
  weight("out-in", "rows are outputs, as in PyTorch"),
  weight("in-out", "transposed: columns are outputs, as in Keras, Flax and GPT-2"),
  role("embedding", "Embedding", "rows are entries of a vocabulary"),
  role("position", "Position", "rows are positions"),
  role("bias", "Bias", ""),
  role("norm", "Norm", "scale or shift of a normalization"),
  role("buffer", "Buffer", "not trained: statistics, masks, bookkeeping"),
  role("optimizer-state", "Optimizer state", "moments, momentum, steps"),
  role("ema", "Average", "a moving average of a weight"),
  role("other", "Other", "none of these"),
  { label: "As ModeScope reads it", description: "forget what was said about this tensor", reading: null },
];

/** What the person says about tensors; what is not understood goes to the log. */
export function readingsFromSettings(log: vscode.LogOutputChannel): readonly TensorReading[] {
  const { readings, problems } = readingsOfSetting(tensorOverrides());
  for (const problem of problems) log.warn(`Setting modescope.tensors.overrides: ${problem}`);
  return readings;
}

/** Asks how a tensor is to be read, and for which names that holds; remembers it with the workspace. */
export async function readTensorAs(tensor: string): Promise<void> {
  const choice = await vscode.window.showQuickPick(CHOICES, {
    title: `Read ${tensor} As…`,
    placeHolder: "What is this tensor?",
    matchOnDescription: true,
  });
  if (choice === undefined) return;
  const before = tensorOverrides();
  if (choice.reading === null) {
    await setTensorOverrides(
      Object.fromEntries(Object.entries(before).filter(([pattern]) => !covers(pattern, tensor))),
    );
    return;
  }
  const pattern = await whichNames(tensor);
  if (pattern === undefined) return;
  const { [pattern]: _replaced, ...rest } = before;
  await setTensorOverrides({ ...rest, [pattern]: choice.reading });
}

/** The same question about every layer of its kind is asked once. */
async function whichNames(tensor: string): Promise<string | undefined> {
  const layers = tensor.replace(/(^|[./_])\d+(?=[./_]|$)/g, "$1*");
  const leaf = `*${/[./][^./]+$/.exec(tensor)?.[0] ?? tensor}`;
  const patterns = [...new Set([tensor, layers, leaf])];
  const items = patterns.map((label, index) => ({
    label,
    description:
      index === 0 ? "this tensor" : label === layers ? "the same place in every layer" : "every tensor of this name",
  }));
  return items.length === 1
    ? tensor
    : (await vscode.window.showQuickPick(items, { title: "For Which Tensors?", placeHolder: "* is any characters" }))
        ?.label;
}

function covers(pattern: string, tensor: string): boolean {
  return pattern === tensor || globMatcher(pattern)(tensor);
}
