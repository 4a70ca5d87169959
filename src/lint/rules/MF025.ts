import type { Rule } from "./types.ts";

/** One entry with a large share of its weight's energy. Asked of checkpoints only: src/lint/checkpoint. */
export const MF025: Rule = {
  id: "MF025",
  title: "One entry outweighs its layer",
  severity: "warning",
  of: "checkpoint",
  check: () => [],
};
