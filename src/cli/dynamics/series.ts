import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import { seriesOf } from "../../base/series.ts";

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
