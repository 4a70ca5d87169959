import { isCancelled, serializeError } from "../../base/errors.ts";
import { Random } from "../../numerics/random.ts";
import { growthOf } from "../_shared/graph/blockGrowth.ts";
import { openModel } from "../_shared/graph/openModel.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import type { MeasuredBlocks } from "./types.ts";

const INPUTS = 4;
const PROBES = 4;
const ROWS = 8;
const SEED = 2016;

/** Of a network that the plane says nothing about, but that can be run: its averaged partial Jacobian norm by value. What cannot be run says why. */
export async function measureBlocks(context: StudyContext, file: StudyInput, start: number): Promise<MeasuredBlocks> {
  try {
    const law = { count: INPUTS, moment: start, open: null, seed: SEED, fill: {} };
    const { model, words } = await openModel(context, file, law, ROWS);
    const { blocks } = model.course;
    const growth = await growthOf(
      model,
      blocks.map(({ value }) => value),
      {
        items: Array.from({ length: INPUTS }, (_, k) => k),
        probes: PROBES,
        random: new Random(SEED),
        cancel: context.cancel,
        progress() {},
      },
    );
    return {
      refusal: null,
      inputs: words,
      blocks: blocks.slice(1).map(({ label, op }, k) => ({ label, op, logJacobian: growth[k + 1]!.logJacobian })),
    };
  } catch (error) {
    if (isCancelled(error) || context.signal.aborted) throw error;
    return { refusal: `Its growth could not be measured: ${serializeError(error).message}`, inputs: "", blocks: [] };
  }
}
