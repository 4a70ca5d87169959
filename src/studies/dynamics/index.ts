import { trainingOf } from "../../series/training.ts";
import { HeldFiles } from "../_shared/heldFiles.ts";
import type { Study, StudyContext } from "../types.ts";
import { lineUp } from "./lineUp.ts";
import { manifest } from "./manifest.ts";
import { auditLaws, balances, followMatrices, matrixTargets, wholeOf } from "./matrices.ts";
import { readParameters } from "./parameters.ts";
import { readLesson, teach } from "./taught.ts";
import type { DynamicsParameters, DynamicsResult, FollowedMatrix } from "./types.ts";

/** How the modes of a run were learned: beside its table where there is one, matrix by matrix, and against what gradient flow conserves. */
export const dynamicsStudy: Study<DynamicsResult> = {
  manifest,

  async run(context, parameters) {
    const asked = readParameters(parameters, context.files.filter(({ role }) => role === "checkpoint").length);
    const held = new HeldFiles(context);
    try {
      return await studyRun(context, held, asked);
    } finally {
      await held.closeAll();
    }
  },
};

/** A partial result is copied to whoever watches: not more often than this. */
const PUBLISH_EVERY_MS = 300;
/** Shares of the work: opening, the table's modes, then the matrices. */
const OPENED = 0.2;
const TAUGHT = 0.4;

async function studyRun(context: StudyContext, held: HeldFiles, asked: DynamicsParameters): Promise<DynamicsResult> {
  const lesson = await readLesson(context);
  const linedUp = await lineUp(context, held, asked, (part) => context.progress(OPENED * part));
  const { members, order, refused } = linedUp;
  const training = trainingOf(
    asked,
    members.map(({ step }) => step),
    members.map(({ facts }) => facts),
  );
  const { tensors } = await held.get(members[0]!.input);
  const targets = asked.matrices ? matrixTargets(tensors) : [];
  let result: DynamicsResult = {
    checkpoints: members.map(({ input, name, step, facts }) => ({
      uri: input.uri,
      name,
      step,
      rate: facts.rate?.value ?? null,
    })),
    order: { by: order.by, note: order.note },
    refused,
    training,
    taught: null,
    matrices: [],
    matrixCount: targets.length,
    whole: null,
    laws: [],
  };
  context.progress(OPENED);
  context.publish(result);
  if (lesson !== null) {
    const found = await teach(context, held, linedUp, lesson, training, asked, (part) =>
      context.progress(OPENED + (TAUGHT - OPENED) * part),
    );
    result =
      "reason" in found
        ? { ...result, taught: found }
        : { ...result, taught: found.taught, laws: asked.matrices ? balances(found.moments, found.taught.layers) : [] };
    context.publish(result);
  }
  if (targets.length === 0) return result;
  const matrices: FollowedMatrix[] = [];
  let published = Number.NEGATIVE_INFINITY;
  const squares = await followMatrices(context, held, linedUp, targets, (matrix, at) => {
    matrices.push(matrix);
    context.progress(TAUGHT + ((1 - TAUGHT) * (at + 1)) / targets.length);
    const now = performance.now();
    if (now - published < PUBLISH_EVERY_MS) return;
    published = now;
    context.publish({ ...result, matrices: [...matrices] });
  });
  // A table is taught with the squared error: no softmax follows.
  const softmax = lesson === null || training.loss === "cross-entropy";
  const laws = [...result.laws, ...(await auditLaws(context, held, linedUp, squares, softmax))];
  return { ...result, matrices, whole: wholeOf(linedUp, matrices), laws };
}
