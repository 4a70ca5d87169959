import type { Rule } from "./types.ts";

/** A parameter in a file of before training is not drawn as the source states. Asked of checkpoints only: src/lint/checkpoint. */
export const MF024: Rule = {
  id: "MF024",
  title: "Source and checkpoint disagree",
  severity: "warning",
  of: "checkpoint",
  check: () => [],
};
