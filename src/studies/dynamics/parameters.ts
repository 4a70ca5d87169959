import { ModeScopeError } from "../../base/errors.ts";
import { readSchedule, requireSchedule, type Schedule } from "../../series/schedule.ts";
import { OPTIMIZERS, requireTraining, TRAINING_LOSSES, type TrainingWords } from "../../series/training.ts";
import type { DynamicsParameters } from "./types.ts";

/** Checks what a panel or the command line asks for. */
export function readParameters(value: unknown, checkpoints: number): DynamicsParameters {
  const asked = Object(value) as Record<string, unknown>;
  const { noise = null, layer = 1, matrices = true } = asked;
  if (noise !== null && !(isNumber(noise) && noise >= 0))
    throw refusal("noise", "The noise of a table's entries is a number from 0.");
  if (!(isNumber(layer) && Number.isInteger(layer) && layer >= 1))
    throw refusal("layer", "A hidden layer is a whole number from 1.");
  const lists = ["named", "times", "given"].map((field) => numbersOf(field, asked[field], checkpoints));
  return {
    ...trainingWords(asked),
    named: lists[0]!,
    times: lists[1]!,
    given: lists[2]!,
    noise,
    layer,
    matrices: matrices === true,
  };
}

function numbersOf(field: string, value: unknown, count: number): readonly (number | null)[] {
  if (value === undefined || value === null) return new Array<null>(count).fill(null);
  if (!Array.isArray(value) || value.length !== count)
    throw refusal(field, `Each of the ${count} checkpoints needs its entry, a number or null.`);
  return value.map((one: unknown) => {
    if (one === null || isNumber(one)) return one;
    throw refusal(field, "Steps are numbers, or null where nothing is known.");
  });
}

function trainingWords(asked: Record<string, unknown>): TrainingWords {
  const { optimizer, loss, rate, momentum, weightDecay } = asked;
  const knownOptimizer = choice("optimizer", optimizer, OPTIMIZERS);
  const knownLoss = choice("loss", loss, TRAINING_LOSSES);
  const schedule = scheduleFrom(rate);
  const words: TrainingWords = {
    ...(knownOptimizer === null ? {} : { optimizer: knownOptimizer }),
    ...(knownLoss === null ? {} : { loss: knownLoss }),
    ...(schedule === null ? {} : { schedule }),
    ...(isGiven(momentum) ? { momentum: Number(momentum) } : {}),
    ...(isGiven(weightDecay) ? { weightDecay: Number(weightDecay) } : {}),
  };
  requireTraining(words);
  return words;
}

/** A number, or text with one or with pairs of step and rate. */
function scheduleFrom(rate: unknown): Schedule | null {
  if (!isGiven(rate)) return null;
  if (typeof rate === "string") return readSchedule(rate);
  const schedule = [{ step: 0, rate: Number(rate) }];
  requireSchedule(schedule);
  return schedule;
}

function choice<T extends string>(field: string, value: unknown, choices: readonly T[]): T | null {
  if (!isGiven(value)) return null;
  const known = choices.find((one) => one === value);
  if (known === undefined) throw refusal(field, `The ${field} is one of ${choices.join(", ")}.`);
  return known;
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== "";

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
