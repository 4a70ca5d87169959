import { ModeScopeError } from "../../base/errors.ts";
import { readFill } from "../_shared/graph/fill.ts";

export interface ExpressivityParameters {
  readonly activation: unknown;
  readonly stage: unknown;
  readonly start: number;
  /** Points on the curve: even, so that every second one can be left out. */
  readonly points: number;
  /** Rows of the file of inputs that the curve joins. */
  readonly first: number;
  readonly second: number;
  readonly seed: number;
  /** Size of axes that a model's inputs leave open. */
  readonly open: number | null;
  /** One value for inputs of a model that the file does not hold, by input name. */
  readonly fill: Readonly<Record<string, number>>;
}

export function readParameters(value: unknown): ExpressivityParameters {
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
  const points = whole("points", 16, 4096, 512);
  return {
    activation: given.activation,
    stage: given.stage,
    start,
    points: points + (points % 2),
    first: whole("first", 0, 1e9, 0),
    second: whole("second", 0, 1e9, 1),
    seed: whole("seed", 0, 2 ** 31, 2016),
    open: whole("open", 1, 65536, null),
    fill: readFill(given.fill),
  };
}
