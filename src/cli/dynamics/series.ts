import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ModeScopeError, serializeError } from "../../base/errors.ts";
import { seriesOf } from "../../base/series.ts";
import { withLocalCheckpoint } from "../../platform/node/localEngine.ts";
import { readChain } from "../../series/chain.ts";
import type { Moment, Series } from "../../series/types.ts";
import type { CliOptions } from "../options.ts";

/** A file stands for its whole series; a folder for the longest series in it. */
export async function membersOf(
  argument: string,
): Promise<readonly { readonly path: string; readonly step: number }[]> {
  const folder = (await stat(argument).catch(() => null))?.isDirectory() ? argument : dirname(resolve(argument));
  const names = (await readdir(folder)).sort();
  const own = folder === argument ? null : basename(argument);
  const families = (own === null ? names : [own]).map((name) => seriesOf(name, names));
  const longest = families.reduce((best, family) => (family.length > best.length ? family : best), []);
  if (longest.length < 3)
    throw new ModeScopeError("bad-request", `There is no series of checkpoints in ${folder}.`, {
      remedy:
        "A series is three files or more whose names differ only in a number, such as step-0000.safetensors, step-0100.safetensors.",
    });
  return longest.map(({ name, step }) => ({ path: join(folder, name), step }));
}

/** Reads every member's weights; the first that can be read says what the others must look like. */
export async function readSeries(
  members: readonly { readonly path: string; readonly step: number }[],
  options: Pick<CliOptions, "readings" | "signal">,
): Promise<Series> {
  const { signal } = options;
  const moments: Moment[] = [];
  const refused: { name: string; reason: string }[] = [];
  let shape: string | null = null;
  let [layerNames, leftOut]: [readonly string[], readonly string[]] = [[], []];
  for (const { path, step } of members) {
    signal.throwIfAborted();
    const name = basename(path);
    try {
      const { tensors, layers, biases } = await withLocalCheckpoint(
        path,
        options,
        ({ checkpoint, tensors: described }) => readChain(checkpoint, described, signal),
      );
      const found = layers.map(({ rows, columns }) => `${rows}×${columns}`).join(" · ");
      shape ??= found;
      if (layerNames.length === 0) [layerNames, leftOut] = [tensors, biases];
      if (found !== shape) refused.push({ name, reason: `Its layers are ${found}, those of the run are ${shape}.` });
      else moments.push({ name, step, layers });
    } catch (error) {
      signal.throwIfAborted();
      refused.push({ name, reason: serializeError(error).message });
    }
  }
  if (moments.length < 3) {
    const [first] = refused;
    throw new ModeScopeError(
      "bad-format",
      `Only ${moments.length} checkpoints of the series can be followed.${first === undefined ? "" : ` ${first.name}: ${first.reason}`}`,
    );
  }
  return { moments, layerNames, leftOut, refused };
}
