import { ModeScopeError } from "../../base/errors.ts";
import { readFill } from "../_shared/graph/fill.ts";

export interface IsometryParameters {
  readonly activation: unknown;
  readonly stage: unknown;
  readonly start: number;
  /** Layers by index; null: from the first to the last hidden one. */
  readonly from: number | null;
  readonly to: number | null;
  /** Inputs whose Jacobians are looked at. */
  readonly inputs: number;
  readonly seed: number;
  /** Size of axes that a model's random inputs leave open. */
  readonly open: number | null;
  /** One value for inputs of a model that the file does not hold, by input name. */
  readonly fill: Readonly<Record<string, number>>;
}

export function readParameters(value: unknown): IsometryParameters {
  const given = Object(value) as Record<string, unknown>;
  const whole = <Fallback>(field: string, least: number, most: number, fallback: Fallback): number | Fallback => {
    const one = given[field];
    if (one === undefined || one === null) return fallback;
    if (typeof one === "number" && Number.isInteger(one) && one >= least && one <= most) return one;
    throw new ModeScopeError("bad-request", `${field} is a whole number from ${least} to ${most}.`, { field });
  };
  const { start = 1 } = given;
  if (typeof start !== "number" || !(start >= 1e-12 && start <= 1e9))
    throw new ModeScopeError("bad-request", "start is a number from 1e-12 to 1e9.", { field: "start" });
  return {
    activation: given.activation,
    stage: given.stage,
    start,
    from: whole("from", 0, 1e6, null),
    to: whole("to", 1, 1e6, null),
    inputs: whole("inputs", 1, 64, 4),
    seed: whole("seed", 0, 2 ** 31, 2017),
    open: whole("open", 1, 65536, null),
    fill: readFill(given.fill),
  };
}
