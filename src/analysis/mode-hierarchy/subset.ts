import { ModeScopeError } from "../../base/errors.ts";

/**
 * Items by number: "0-3,7,9-12", ascending and without repeats; "" for all of them. What a view asks for when a person looks into a part of a tree.
 */
export function readSubset(text: string, items: number): Int32Array<ArrayBuffer> | null {
  if (text.trim() === "") return null;
  const refuse = (problem: string) =>
    new ModeScopeError("bad-request", `“only” ${problem}.`, {
      field: "only",
      remedy: 'Name items by number, ascending: "0-3,7,9-12".',
    });
  const found: number[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(\d{1,10})(?:\s*-\s*(\d{1,10}))?\s*$/.exec(part);
    if (match === null) throw refuse(`holds “${part.slice(0, 40)}”, which is no number and no range`);
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (to >= items) throw refuse(`names item ${to}, but the last is ${items - 1}`);
    if (to < from || from <= (found[found.length - 1] ?? -1)) throw refuse(`is not ascending at ${part.trim()}`);
    for (let item = from; item <= to; item++) found.push(item);
  }
  return Int32Array.from(found);
}
