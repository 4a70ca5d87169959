import { ModeScopeError } from "../../base/errors.ts";
import { type Curve, circle, segment } from "../../numerics/network/curve.ts";
import { Random } from "../../numerics/random.ts";
import type { StudyContext } from "../types.ts";
import type { ExpressivityParameters } from "./parameters.ts";

export interface Started {
  readonly curve: Curve;
  readonly words: string;
  /** Second moment of its points. */
  readonly moment: number;
}

/** The straight line between two rows of the file of inputs, or a great circle in two random directions. */
export async function startingCurve(
  context: Pick<StudyContext, "files" | "withFile" | "signal">,
  width: number,
  { start, points, first, second, seed }: ExpressivityParameters,
): Promise<Started> {
  const file = context.files.find(({ role }) => role === "inputs");
  if (file === undefined) {
    const { u, v } = directions(width, new Random(seed));
    return { curve: circle(u, v, start, points), words: "a great circle in two random directions", moment: start };
  }
  return context.withFile(file, async ({ name, checkpoint, tensors }) => {
    const tensor = tensors.find(({ shape }) => shape.length === 2);
    const [rows = 0, columns = 0] = tensor?.shape ?? [];
    if (tensor === undefined || columns !== width)
      throw new ModeScopeError(
        "bad-request",
        `${name} must be a table of inputs with ${width} features a row${tensor === undefined ? "" : `; it has ${columns}`}.`,
        { remedy: "Choose inputs of the network's own size, one a row (CSV, TSV or .npy)." },
      );
    if (first >= rows || second >= rows || first === second)
      throw new ModeScopeError("bad-request", `${name} has ${rows} rows: two different ones are joined.`, {
        field: "second",
      });
    const read = async (row: number) =>
      Float64Array.from(await checkpoint.read(tensor.name, row * columns, columns, context.signal));
    const [a, b] = [await read(first), await read(second)];
    const curve = segment(a, b, points);
    const moment = curve.points.reduce((sum, value) => sum + value * value, 0) / curve.points.length;
    if (!(moment > 0) || !Number.isFinite(moment))
      throw new ModeScopeError(
        "non-finite",
        `Rows ${first} and ${second} of ${name} hold NaN, infinities or zeros alone.`,
      );
    return { curve, words: `rows ${first} and ${second} of ${name}, joined by a straight line`, moment };
  });
}

export function directions(n: number, random: Random) {
  const u = random.direction(n);
  const raw = random.direction(n);
  const along = raw.reduce((sum, value, i) => sum + value * u[i]!, 0);
  const rest = raw.map((value, i) => value - along * u[i]!);
  const norm = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  if (n < 2) throw new ModeScopeError("unsupported", "A circle needs inputs of at least two features.");
  return { u, v: rest.map((value) => value / norm) };
}
