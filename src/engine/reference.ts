import type { NotApplicable, ReferenceInput } from "../analysis/types.ts";
import { DTYPES } from "../base/dtype.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Opened } from "./session.ts";

/**
 * The namesake of a tensor in the checkpoint to compare with, or why there is none to compare: a difference of two matrices is a change over
 * training only if both are the same thing, so name, shape, order of axes and parts must agree.
 */
export function referenceOf(
  tensor: DescribedTensor,
  { checkpoint, byName }: Pick<Opened, "checkpoint" | "byName">,
): ReferenceInput | NotApplicable {
  const twin = byName.get(tensor.name);
  if (twin === undefined) return { reason: `The checkpoint to compare with has no tensor ${tensor.name}.` };
  const [here, there] = [tensor.shape.join(" × "), twin.shape.join(" × ")];
  if (here !== there)
    return {
      reason: `${tensor.name} is ${here} here and ${there} in the checkpoint to compare with: two tensors, not one over time.`,
    };
  const same =
    twin.layout === tensor.layout &&
    JSON.stringify([twin.parts, twin.matrix]) === JSON.stringify([tensor.parts, tensor.matrix]);
  if (!same)
    return { reason: `${tensor.name} is read in another way in the checkpoint to compare with (${twin.evidence}).` };
  if (DTYPES[twin.dtype].kind !== "float")
    return { reason: `${tensor.name} holds ${twin.dtype} values in the checkpoint to compare with.` };
  return { checkpoint, tensor: twin };
}
