import { ModeScopeError, serializeError } from "../../base/errors.ts";
import { factsOf, type RunFacts } from "../../series/facts.ts";
import { type Build, buildOf, commonBuild, foreignReason } from "../../series/kin.ts";
import { type Ordered, orderOf } from "../../series/order.ts";
import type { HeldFiles } from "../_shared/heldFiles.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import type { DynamicsParameters, DynamicsResult } from "./types.ts";

export interface LinedUp {
  readonly members: readonly {
    readonly input: StudyInput;
    readonly name: string;
    readonly step: number;
    readonly facts: RunFacts;
  }[];
  readonly order: Ordered;
  readonly refused: DynamicsResult["refused"];
}

/** A run is at least three checkpoints: with fewer there is no course. */
const FEWEST = 3;

/** Opens every file's header: who belongs to the run, in which order, and what each says of its training. */
export async function lineUp(
  context: StudyContext,
  held: HeldFiles,
  { named, times, given }: DynamicsParameters,
  progress: (fraction: number) => void,
): Promise<LinedUp> {
  const inputs = context.files.filter(({ role }) => role === "checkpoint");
  const looked: {
    input: StudyInput;
    name: string;
    facts: RunFacts | null;
    build: Build | null;
    reason: string | null;
  }[] = [];
  for (const [k, input] of inputs.entries()) {
    context.cancel.throwIfCancelled();
    progress(k / inputs.length);
    try {
      const { name, checkpoint, tensors } = await held.get(input);
      const facts = await factsOf(checkpoint, tensors, context.signal);
      looked.push({ input, name, facts, build: buildOf(tensors), reason: null });
    } catch (error) {
      context.cancel.throwIfCancelled();
      const { message } = serializeError(error);
      looked.push({ input, name: nameOf(input), facts: null, build: null, reason: message });
    }
  }
  const run = commonBuild(looked.map(({ build }) => build));
  const own = looked.map((one) => ({
    ...one,
    reason: one.reason ?? (run === null || one.build === null ? "It holds no weights." : foreignReason(one.build, run)),
  }));
  const order = orderOf(
    own.map(({ facts, reason }, k) => ({
      facts: reason === null ? facts : null,
      named: named[k] ?? null,
      time: times[k] ?? null,
      given: given[k] ?? null,
    })),
  );
  const refused: { name: string; uri: string; reason: string }[] = [];
  const members: { input: StudyInput; name: string; step: number; facts: RunFacts }[] = [];
  for (const [k, { input, name, facts, reason }] of own.entries())
    if (reason !== null || facts === null)
      refused.push({ name, uri: input.uri, reason: reason ?? "It cannot be read." });
    else members.push({ input, name, facts, step: order.steps[k]! });
  members.sort((a, b) => a.step - b.step);
  if (members.length < FEWEST) {
    const [first] = refused;
    throw new ModeScopeError(
      "bad-format",
      `Only ${members.length} checkpoints of the series can be followed.${first === undefined ? "" : ` ${first.name}: ${first.reason}`}`,
      { remedy: "Choose three or more checkpoints of one run." },
    );
  }
  return { members, order, refused };
}

function nameOf({ uri }: StudyInput): string {
  const last = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
