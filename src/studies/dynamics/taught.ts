import { polesOf } from "../../analysis/mode-hierarchy/poles.ts";
import { serializeError } from "../../base/errors.ts";
import { readChain } from "../../series/chain.ts";
import { follow } from "../../series/follow.ts";
import { taughtModes, transposed } from "../../series/modes.ts";
import { semanticsOf } from "../../series/semantics.ts";
import { stoppingOf } from "../../series/stopping.ts";
import { readDataTable } from "../../series/table.ts";
import { outlookOf, type Training } from "../../series/training.ts";
import type { DataTable, Moment, Withheld } from "../../series/types.ts";
import type { HeldFiles } from "../_shared/heldFiles.ts";
import type { StudyContext } from "../types.ts";
import type { LinedUp } from "./lineUp.ts";
import { splitsOf } from "./splits.ts";
import type { DynamicsParameters, Taught } from "./types.ts";

/** Share of a vector's squared length that its poles carry, and how many names at most. */
const POLE_SHARE = 0.5;
const POLE_NAMES = 8;
/** Elements of all layers at all checkpoints: 800 MB as float64 at the most. */
const MAX_ELEMENTS = 1e8;

export interface Lesson {
  readonly name: string;
  readonly data: DataTable;
}

export async function readLesson(context: StudyContext): Promise<Lesson | null> {
  const [table, inputs] = ["table", "inputs"].map((wanted) => context.files.find(({ role }) => role === wanted));
  if (table === undefined) return null;
  const read = (file: typeof table) =>
    context.withFile(file, async ({ name, checkpoint, tensors }) => ({
      name,
      data: await readDataTable(name, checkpoint, tensors, context.signal),
    }));
  const { name, data } = await read(table);
  return { name, data: inputs === undefined ? data : { ...data, x: (await read(inputs)).data.y } };
}

/** The run beside its table; the sentence why not where the network is no chain of linear layers. */
export async function teach(
  context: StudyContext,
  held: HeldFiles,
  { members }: LinedUp,
  { name, data }: Lesson,
  training: Training,
  { noise, layer }: DynamicsParameters,
  progress: (fraction: number) => void,
): Promise<{ readonly taught: Taught; readonly moments: readonly Moment[] } | Withheld> {
  const moments: Moment[] = [];
  let [layers, leftOut]: [readonly string[], readonly string[]] = [[], []];
  let elements = 0;
  for (const [k, member] of members.entries()) {
    context.cancel.throwIfCancelled();
    progress(k / members.length);
    const { checkpoint, tensors } = await held.get(member.input);
    try {
      const chain = await readChain(checkpoint, tensors, context.signal);
      elements += chain.layers.reduce((sum, { data: values }) => sum + values.length, 0);
      if (elements > MAX_ELEMENTS) return { reason: "All layers at all checkpoints are too much to hold at once." };
      if (k === 0) [layers, leftOut] = [chain.tensors, chain.biases];
      moments.push({ name: member.name, step: member.step, layers: chain.layers });
    } catch (error) {
      context.cancel.throwIfCancelled();
      return { reason: serializeError(error).message };
    }
  }
  const { columns: items, rows: properties } = data.y;
  const outlook = outlookOf(training, items, properties);
  const modes = taughtModes(data);
  const followed = follow(moments, data, modes, outlook);
  context.cancel.throwIfCancelled();
  const semantics = semanticsOf(moments, data, layer);
  return {
    moments,
    taught: {
      table: name,
      items,
      properties,
      itemNames: data.itemNames,
      propertyNames: data.propertyNames,
      layers,
      leftOut,
      followed,
      poles: modes.modes.map(({ u, v }) =>
        u.length > 1 || data.x !== null
          ? null
          : { items: polesOf(v[0]!, POLE_SHARE, POLE_NAMES), properties: polesOf(u[0]!, POLE_SHARE, POLE_NAMES) },
      ),
      semantics,
      splits: "reason" in semantics ? semantics : splitsOf(transposed(data.y), modes, semantics, followed),
      stopping: stoppingOf(followed, data, outlook, noise),
      outlook:
        outlook.reason === null ? { timeConstant: outlook.tau, decay: outlook.decay } : { reason: outlook.reason },
    },
  };
}
