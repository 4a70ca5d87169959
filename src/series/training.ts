import { ModeScopeError } from "../base/errors.ts";
import type { RunFacts } from "./facts.ts";
import { type Clock, clockOf, type Schedule, scheduleOf } from "./schedule.ts";
import { LOSSES, type Loss, timeConstant } from "./timeConstant.ts";

/** How a run was trained: what a person says, else what its files say. */
export interface Training {
  readonly optimizer: Optimizer;
  readonly loss: Loss | "cross-entropy";
  readonly schedule: Schedule | null;
  readonly momentum: number;
  /** As optimizers count it: the share of each weight that η times it takes off at a step. */
  readonly weightDecay: number;
  /** Where each comes from, for the screen: "learning rate 0.001 → 0.0001: training_config/…/lr". */
  readonly evidence: readonly string[];
}

/** Plain gradient descent (with or without momentum); those that divide by the gradient's size; not known. */
export type Optimizer = "gradient-descent" | "adaptive" | "unknown";
export const OPTIMIZERS: readonly Optimizer[] = ["gradient-descent", "adaptive", "unknown"];
export const TRAINING_LOSSES: readonly Training["loss"][] = [...LOSSES, "cross-entropy"];

export interface TrainingWords {
  readonly optimizer?: Optimizer;
  readonly loss?: Training["loss"];
  readonly schedule?: Schedule;
  readonly momentum?: number;
  readonly weightDecay?: number;
}

const ADAPTIVE = /adam|rms|adagrad|adadelta|lamb|lion|muon|adafactor|sophia|shampoo|radam|nadam/i;
const PLAIN = /sgd|gradient|momentum/i;

/** What a person says goes before what the files say. */
export function trainingOf(words: TrainingWords, steps: readonly number[], facts: readonly RunFacts[]): Training {
  const evidence: string[] = [];
  const said = <T>(of: (one: RunFacts) => { value: T; source: string } | null) =>
    facts.map(of).find((one) => one !== null) ?? null;
  const [optimizer, loss, momentum, decay] = [
    said((one) => one.optimizer),
    said((one) => one.loss),
    said((one) => one.momentum),
    said((one) => one.weightDecay),
  ];
  if (optimizer !== null) evidence.push(`optimizer ${optimizer.value}: ${optimizer.source}`);
  if (loss !== null) evidence.push(`loss ${loss.value}: ${loss.source}`);
  const measured = scheduleOf(
    steps,
    facts.map(({ rate }) => rate?.value ?? null),
  );
  if (measured !== null)
    evidence.push(
      `learning rate ${measured.map(({ step, rate }) => `${rounded(rate)} from ${step}`).join(", ")}: ${said((one) => one.rate)?.source}`,
    );
  return {
    optimizer: words.optimizer ?? kindOf(optimizer?.value ?? null),
    loss: words.loss ?? lossKind(loss?.value ?? null) ?? "half-sum",
    schedule: words.schedule ?? measured,
    momentum: words.momentum ?? momentum?.value ?? 0,
    weightDecay: words.weightDecay ?? decay?.value ?? 0,
    evidence,
  };
}

/** float32 digits of a rate are noise: 0.0010000000475 is 0.001. */
const rounded = (value: number) => Number(value.toPrecision(6));

function kindOf(name: string | null): Optimizer {
  if (name === null) return "unknown";
  return ADAPTIVE.test(name) ? "adaptive" : PLAIN.test(name) ? "gradient-descent" : "unknown";
}

function lossKind(name: string | null): Training["loss"] | null {
  if (name === null) return null;
  if (/cross.?entropy|nll/i.test(name)) return "cross-entropy";
  return /mse|mean.?squared/i.test(name) ? "mean" : null;
}

/** What the theory needs to speak of times; or the sentence why it does not. */
export type Outlook =
  | {
      /** In steps at the first rate. */
      readonly tau: number;
      readonly clock: Clock;
      /** λ of the theory, in units of singular values. */
      readonly decay: number;
      readonly reason: null;
    }
  | { readonly reason: string; readonly clock: Clock };

export function outlookOf(training: Training, items: number, properties: number): Outlook {
  const { optimizer, loss, schedule, momentum, weightDecay } = training;
  const clock = clockOf(schedule);
  if (optimizer === "adaptive")
    return {
      clock,
      reason:
        "Not predicted: Adam and its like divide each gradient by its size, so that modes learn at nearly equal speed. The courses are fitted instead.",
    };
  if (loss === "cross-entropy")
    return {
      clock,
      reason:
        "Not predicted: with cross-entropy strengths have no plateau at σ (they grow like ln t). The courses are fitted instead.",
    };
  const [first] = schedule ?? [];
  if (first === undefined)
    return {
      clock,
      reason: "Not predicted: the learning rate is not known. Give it, if the run was plain gradient descent.",
    };
  const tau = timeConstant(loss, { rate: first.rate, momentum, items, properties });
  // Decay takes η·w·λ off a weight where the data give η·f·(…): λ/f in units of σ.
  const perUnit = timeConstant(loss, { rate: 1, momentum: 0, items, properties });
  return { tau, clock, decay: weightDecay * perUnit, reason: null };
}

export function requireTraining(words: TrainingWords): void {
  const { momentum = 0, weightDecay = 0 } = words;
  if (!(momentum >= 0 && momentum < 1))
    throw new ModeScopeError("bad-request", "Momentum is a number from 0 to below 1.", { field: "momentum" });
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new ModeScopeError("bad-request", "Weight decay is a number from 0.", { field: "weightDecay" });
}
