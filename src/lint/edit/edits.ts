import type { MoveLines, TextEdit } from "../types.ts";

/** Sorted, without repetitions; null where two of them overlap. */
export function mergedEdits(edits: readonly TextEdit[]): readonly TextEdit[] | null {
  const sorted = [...edits].sort((a, b) => a.from - b.from || a.to - b.to);
  const merged: TextEdit[] = [];
  for (const edit of sorted) {
    const same = merged.filter(({ from, to }) => from === edit.from && to === edit.to);
    if (same.some(({ text }) => text === edit.text)) continue;
    // Two different insertions at one place keep their order; two different replacements contradict each other.
    if (edit.from !== edit.to && same.length > 0) return null;
    const last = merged.at(-1);
    if (last !== undefined && edit.from < last.to) return null;
    merged.push(edit);
  }
  return merged;
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let at = 0;
  let result = "";
  for (const edit of edits) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}

/** Edited lines as they are and as they will be; what touches the same or the next line is shown together. */
export function changedLines(text: string, edits: readonly TextEdit[]): readonly MoveLines[] {
  const groups: { from: number; to: number; edits: TextEdit[] }[] = [];
  for (const edit of edits) {
    const from = text.lastIndexOf("\n", edit.from - 1) + 1;
    const newline = text.indexOf("\n", edit.to);
    const to = newline < 0 ? text.length : newline;
    const last = groups.at(-1);
    if (last !== undefined && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    } else groups.push({ from, to, edits: [edit] });
  }
  const linesOf = (part: string) => part.split("\n").map((line) => line.replace(/\r$/, ""));
  return groups.map(({ from, to, edits: own }) => ({
    line: text.slice(0, from).split("\n").length,
    before: linesOf(text.slice(from, to)),
    after: linesOf(
      applyEdits(
        text.slice(from, to),
        own.map((edit) => ({ from: edit.from - from, to: edit.to - from, text: edit.text })),
      ),
    ),
  }));
}

/** Where the line that holds an offset ends: before its line end, be it of one character or of Windows' two. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}
