import type { AnalysisContext } from "../types.ts";

/** What sentences call a target: the tensor's name, with its part or kernel position in brackets. */
export function targetLabel({ tensor, part, target }: Pick<AnalysisContext, "tensor" | "part" | "target">): string {
  const inside = [part?.label ?? "", target.tap === null ? "" : `tap ${target.tap.join(", ")}`].filter(
    (text) => text !== "",
  );
  return inside.length === 0 ? tensor.name : `${tensor.name} [${inside.join(", ")}]`;
}
