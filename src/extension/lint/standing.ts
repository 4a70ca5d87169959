import type { MoveEdit } from "../../lint/types.ts";

/** Whether the words that a plan replaces stand where it read them. `wordsAt`: what stands there now; null where there is no such place any more. */
export function allStand(edits: readonly MoveEdit[], wordsAt: (from: number, to: number) => string | null): boolean {
  return edits.every(({ from, to, before }) => wordsAt(from, to) === before);
}
