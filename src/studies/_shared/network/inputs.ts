import { ModeScopeError } from "../../../base/errors.ts";
import { Random } from "../../../numerics/random.ts";
import type { StudyContext } from "../../types.ts";

export interface Inputs {
  /** Rows. */
  readonly rows: Float64Array<ArrayBuffer>;
  readonly count: number;
  readonly source: string;
  /** Mean square of their entries. */
  readonly moment: number;
}

/** More rows of a file than these are not needed. */
const MOST_ROWS = 256;

/** Rows of the file in the role `inputs`, or Gaussian vectors of second moment `start`. */
export async function readInputs(
  context: Pick<StudyContext, "files" | "withFile" | "cancel" | "signal">,
  width: number,
  count: number,
  start: number,
  seed: number,
): Promise<Inputs> {
  const file = context.files.find(({ role }) => role === "inputs");
  if (file === undefined) {
    const random = new Random(seed);
    const rows = Float64Array.from({ length: count * width }, () => Math.sqrt(start) * random.normal());
    return { rows, count, source: "Gaussian vectors", moment: start };
  }
  return context.withFile(file, async ({ name, checkpoint, tensors }) => {
    const tensor = tensors.find(({ shape }) => shape.length === 2);
    if (tensor === undefined)
      throw new ModeScopeError("unsupported", `${name} holds no table of inputs × features.`, {
        remedy: "Choose a CSV, TSV or .npy file with one input a row.",
      });
    const [rows, columns] = [tensor.shape[0]!, tensor.shape[1]!];
    if (columns !== width)
      throw new ModeScopeError(
        "bad-request",
        `${name} has ${columns} features a row, but the network's first layer takes ${width}.`,
        { remedy: "Choose inputs of the network's own size." },
      );
    const used = Math.min(rows, count, MOST_ROWS);
    const values = Float64Array.from(await checkpoint.read(tensor.name, 0, used * columns, context.signal));
    const moment = values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length);
    if (!(moment > 0) || !Number.isFinite(moment))
      throw new ModeScopeError("non-finite", `${name} holds NaN, infinities, or zeros alone.`);
    return { rows: values, count: used, source: name, moment };
  });
}
