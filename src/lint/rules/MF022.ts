import type { Rule } from "./types.ts";

/** NaN and infinities in saved weights. Asked of checkpoints only: src/lint/checkpoint. */
export const MF022: Rule = {
  id: "MF022",
  title: "Values that are no numbers",
  severity: "error",
  of: "checkpoint",
  check: () => [],
};
