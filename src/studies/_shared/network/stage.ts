/** Whether weights are as drawn, which the theory is about, or trained, which it is not. */
export type Stage = "initial" | "trained" | "unknown";

export interface StageReading {
  readonly stage: Stage;
  readonly evidence: string;
}

/** From the file's name alone, unless somebody says so: "step-0000" is a draw, "epoch-40" and "best" are not. */
export function stageOf(name: string, said: unknown): StageReading {
  if (said === "initial" || said === "trained") return { stage: said, evidence: "as chosen" };
  if (/(^|[-_.])(init(ial(ization)?)?|untrained|random)([-_.]|$)/i.test(name))
    return { stage: "initial", evidence: "by its name" };
  const count = /(?:^|[-_.])(?:step|epoch|iter(?:ation)?|ep|ckpt|checkpoint)[-_=]?(\d+)/i.exec(name)?.[1];
  if (count !== undefined)
    return Number(count) === 0
      ? { stage: "initial", evidence: `number 0 in its name` }
      : { stage: "trained", evidence: `number ${Number(count)} in its name` };
  if (/(best|final|last|trained)/i.test(name)) return { stage: "trained", evidence: "by its name" };
  return { stage: "unknown", evidence: "its name does not say" };
}
