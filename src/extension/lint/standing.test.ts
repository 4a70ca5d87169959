import { expect, test } from "vitest";
import { planMove } from "../../lint/edit/plan.ts";
import { SPELLINGS } from "../../lint/edit/spellings.testkit.ts";
import { allStand } from "./standing.ts";

const readerOf = (text: string) => (from: number, to: number) => (to <= text.length ? text.slice(from, to) : null);

test("a plan holds for the text that it was made for, and for none in which a replaced word is another or elsewhere", () => {
  let replacing = 0;
  for (const { source, model, sigmaW, sigmaB, layers = null } of SPELLINGS) {
    const { edits } = planMove(source, { model, sigmaW, sigmaB, layers });
    expect(allStand(edits, readerOf(source))).toBe(true);
    for (const { from, to } of edits.filter((edit) => edit.to > edit.from)) {
      replacing++;
      // Each of its characters typed over, and a line put above it.
      for (let at = from; at < to; at++)
        expect(allStand(edits, readerOf(`${source.slice(0, at)}§${source.slice(at + 1)}`))).toBe(false);
      expect(allStand(edits, readerOf(`# §§§\n${source}`))).toBe(false);
    }
    const last = edits.at(-1)?.to ?? 0;
    if (last > 0) expect(allStand(edits, readerOf(source.slice(0, last - 1)))).toBe(false);
  }
  expect(replacing).toBeGreaterThan(20);
});
