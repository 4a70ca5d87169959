import { type Given, numberOf, textOf, UsageError } from "../command.ts";
import type { CliOptions } from "../options.ts";
import type { StudyPath } from "../study.ts";

/** Flags of commands that can run models on stimuli. */
export const MODEL_FLAGS = {
  stimuli: { type: "string" },
  layers: { type: "string", multiple: true },
  pooling: { type: "string" },
  fill: { type: "string", multiple: true },
} as const;

export const MODEL_HELP: readonly (readonly [string, string])[] = [
  ["--stimuli FILE", "run the .onnx files among FILEs on these items (an array for each input, items first)"],
  ["--layers GLOB", "layers by name, of every file; may be given several times"],
  ["--pooling WORD", "flatten (default), mean-last or mean-middle: means over positions, channels second or last"],
  ["--fill N=V", "the model's input N is V for every item; may be given several times"],
];

export const POOLINGS = ["flatten", "mean-last", "mean-middle"] as const;

/** Flags that only some measures look at; the study checks them. */
export const MEASURE_FLAGS = {
  width: { type: "string" },
  share: { type: "string" },
  alpha: { type: "string" },
  batch: { type: "string" },
  folds: { type: "string" },
  scaling: { type: "string" },
  removed: { type: "string" },
  noise: { type: "string" },
  "recording-axes": { type: "string" },
} as const;

export const HIERARCHIES_HELP: readonly [string, string] = [
  "--hierarchies",
  "the page also offers the order by each layer's mode hierarchy",
];

/** For a page alone: nothing else shows them. */
export function hierarchiesOf(given: Given): boolean {
  if (given.hierarchies !== true) return false;
  if (typeof given.html === "string") return true;
  throw new UsageError("--hierarchies belongs to a page: name it with --html FILE.");
}

export const MEASURE_HELP: readonly (readonly [string, string])[] = [
  ["--width F", "of rbf-cka: median distances (default 0.5)   --share F  of svcca (default 0.99)"],
  ["--alpha A", "of partial-alpha: 1 forgives rotations, 0 every linear map (default 0.5)"],
  ["--batch N", "of minibatch-cka: items in a batch (default 64)   --folds N  of predictivity (default 5)"],
  ["--scaling WORD", "none (default), z-score, or without-leading (--removed N components, default 1)"],
  ["--noise WORD", "of crossnobis, mahalanobis: shrunk (default), diagonal, full"],
  ["--recording-axes W", "of a recording with three axes: repeats-items-units (default) or items-repeats-units"],
];

export function measureOptionsOf(given: Given): Readonly<Record<string, string | number>> {
  const numbers = ["width", "share", "alpha", "batch", "folds", "removed"].flatMap((name) => {
    const value = numberOf(given, name, 0);
    return value === null ? [] : [[name, value] as const];
  });
  const words = [
    ["scaling", textOf(given, "scaling")],
    ["noise", textOf(given, "noise")],
    ["recordingAxes", textOf(given, "recording-axes")],
  ].flatMap(([name, word]) => (name === undefined || word === undefined ? [] : [[name, word] as const]));
  return Object.fromEntries<string | number>([...numbers, ...words]);
}

/** Of a flag that may be given several times. */
export const listOf = (value: Given[string]): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** `--layers`, else `--tensors`, choose layers; without either all that fit are taken. */
export function patternsOf({ tensors }: Pick<CliOptions, "tensors">, given: Given = {}): readonly string[] {
  const layers = listOf(given.layers);
  return layers.length > 0 ? layers : tensors === "*" ? [] : [tensors];
}

/** Models among the files, where there are stimuli to run them on; without stimuli an ONNX file is a file of matrices like any other. */
export function filesOf(paths: readonly string[], given: Given): readonly StudyPath[] {
  const stimuli = textOf(given, "stimuli");
  if (stimuli === undefined) return paths.map((path) => ({ role: "activations", path }));
  const files = paths.map((path) => ({ role: /\.onnx$/i.test(path) ? "model" : "activations", path }));
  return [...files, { role: "stimuli", path: stimuli }];
}

export function fillOf(given: Given): Readonly<Record<string, number>> {
  return Object.fromEntries(
    listOf(given.fill).map((text) => {
      const at = text.lastIndexOf("=");
      const value = Number(text.slice(at + 1));
      if (at < 1 || text.length === at + 1 || !Number.isFinite(value))
        throw new UsageError(`--fill is NAME=VALUE with a number, not ${text}.`);
      return [text.slice(0, at), value];
    }),
  );
}
