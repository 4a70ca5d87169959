import { ModeScopeError } from "../../base/errors.ts";
import { LOSSES } from "../../series/timeConstant.ts";
import type { DynamicsParameters } from "./types.ts";

/** Checks what a panel or the command line asks for. */
export function readParameters(value: unknown, checkpoints: number): DynamicsParameters {
  const { steps, rate = null, loss = "half-sum", momentum = 0 } = Object(value) as Record<string, unknown>;
  if (!isNumbers(steps) || steps.length !== checkpoints)
    throw refusal("steps", `Each of the ${checkpoints} checkpoints needs its step.`);
  if (steps.some((step, at) => at > 0 && step <= steps[at - 1]!))
    throw refusal("steps", "Steps must rise from checkpoint to checkpoint.");
  if (rate !== null && !(typeof rate === "number" && rate > 0 && Number.isFinite(rate)))
    throw refusal("rate", "A learning rate is a number above 0.");
  const known = LOSSES.find((one) => one === loss);
  if (known === undefined) throw refusal("loss", `The loss is one of ${LOSSES.join(", ")}.`);
  if (!(typeof momentum === "number" && momentum >= 0 && momentum < 1))
    throw refusal("momentum", "Momentum is a number from 0 to below 1.");
  return { steps, rate, loss: known, momentum };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number" && Number.isFinite(one));
}

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
