import type { LinkTheory } from "../_shared/graph/linkTheory.ts";
import type { StageReading } from "../_shared/network/stage.ts";
import { lawsOf } from "./laws.ts";
import type { LawReading } from "./types.ts";

/** Theory of the whole span, or why there is none. */
export function spanTheory(
  links: readonly LinkTheory[],
  stage: StageReading,
): { readonly laws: readonly LawReading[] | null; readonly refusal: string | null; readonly q: number } {
  const refused = (refusal: string) => ({ laws: null, refusal, q: 0 });
  if (stage.stage !== "initial")
    return refused(
      `Theory is for weights as drawn; these are ${stage.stage === "trained" ? "trained" : "of unknown state"} (${stage.evidence}).`,
    );
  const used = links.filter((link) => link.kind === "dense");
  const odd = links.find((link) => link.kind === "other");
  if (odd !== undefined || used.length === 0)
    return refused(
      `Theory of densities is for chains of dense layers; in this span a link is none: ${odd?.why ?? "there is no link"}. The growth of the Jacobian value by value is shown instead.`,
    );
  const [{ activation }] = used as [(typeof used)[number]];
  if (used.some((link) => link.activation.id !== activation.id)) return refused("Theory is for one activation.");
  if (used.some(({ square }) => !square))
    return refused("Theory is for square layers; the widths of this span differ.");
  const q = used.reduce((sum, link) => sum + link.q, 0) / used.length;
  const weight = Math.exp(used.reduce((sum, link) => sum + Math.log(link.weight), 0) / used.length);
  return { laws: lawsOf(activation, q, weight, used.length), refusal: null, q };
}
