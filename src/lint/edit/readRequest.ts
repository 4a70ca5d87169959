import { ModeScopeError } from "../../base/errors.ts";
import type { MoveRequest } from "../types.ts";

/** σ beyond this is no initialization that anyone means. */
const LARGEST_SIGMA = 100;
const MOST_LAYERS = 10_000;

/** A request as it comes over the wire. */
export function readMoveRequest(given: unknown): MoveRequest {
  const { model, sigmaW, sigmaB, layers } = (typeof given === "object" && given !== null ? given : {}) as Readonly<
    Record<string, unknown>
  >;
  const sigma = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= LARGEST_SIGMA;
  if (typeof model !== "string" || !sigma(sigmaW) || !sigma(sigmaB))
    throw new ModeScopeError("bad-request", `A network, σ_w and σ_b between 0 and ${LARGEST_SIGMA} are needed.`, {
      field: "request",
    });
  const listed = Array.isArray(layers)
    ? layers.slice(0, MOST_LAYERS).filter((one): one is number => Number.isInteger(one))
    : null;
  return { model, sigmaW, sigmaB, layers: listed };
}
