import { ModeScopeError, serializeError } from "../../base/errors.ts";
import { readChain } from "../../series/chain.ts";
import type { Moment, Series } from "../../series/types.ts";
import type { StudyContext } from "../types.ts";

/** Reading is most of the work; what follows is small beside it. */
const READING = 0.9;

/** Reads every member's weights; the first that can be read says what the others must look like. */
export async function readSeries(context: StudyContext, steps: readonly number[]): Promise<Series> {
  const moments: Moment[] = [];
  const refused: { name: string; reason: string }[] = [];
  let shape: string | null = null;
  let [layerNames, leftOut]: [readonly string[], readonly string[]] = [[], []];
  const members = context.files.filter(({ role }) => role === "checkpoint");
  for (const [at, member] of members.entries()) {
    context.progress((READING * at) / members.length);
    let name = decodeURIComponent(member.uri.slice(member.uri.lastIndexOf("/") + 1));
    try {
      const { tensors, layers, biases } = await context.withFile(member, (file) => {
        name = file.name;
        return readChain(file.checkpoint, file.tensors, context.signal);
      });
      const found = layers.map(({ rows, columns }) => `${rows}×${columns}`).join(" · ");
      shape ??= found;
      if (layerNames.length === 0) [layerNames, leftOut] = [tensors, biases];
      if (found !== shape) refused.push({ name, reason: `Its layers are ${found}, those of the run are ${shape}.` });
      else moments.push({ name, step: steps[at] ?? at, layers });
    } catch (error) {
      context.cancel.throwIfCancelled();
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
