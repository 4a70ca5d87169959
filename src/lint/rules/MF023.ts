import type { Rule } from "./types.ts";

/** Singular values that cannot be told from 0 where noise of the same size has none. Asked of checkpoints only: src/lint/checkpoint. */
export const MF023: Rule = {
  id: "MF023",
  title: "Fewer directions than noise has",
  severity: "warning",
  of: "checkpoint",
  check: () => [],
};
