const COMMENT = /#[ \t]*modescope:[ \t]*(ignore-file|ignore)(?:\[([A-Za-z0-9, ]*)\])?/g;

interface Suppression {
  readonly from: number;
  readonly to: number;
  /** Null: all rules. */
  readonly rules: ReadonlySet<string> | null;
}

/**
 * `# modescope: ignore[MF003]` on a line silences that rule there, on a line of its own on the line below; without brackets all rules;
 * `# modescope: ignore-file[…]` in the whole file.
 */
export function suppressions(text: string): (rule: string, from: number, to: number) => boolean {
  if (!text.includes("modescope:")) return () => false;
  const found: Suppression[] = [];
  for (const match of text.matchAll(COMMENT)) {
    const listed = match[2]?.split(",").map((id) => id.trim().toUpperCase());
    const rules = listed === undefined ? null : new Set(listed);
    if (match[1] === "ignore-file") {
      found.push({ from: 0, to: text.length, rules });
      continue;
    }
    const begin = text.lastIndexOf("\n", match.index) + 1;
    const alone = text.slice(begin, match.index).trim() === "";
    const lineEnd = endOfLine(text, match.index);
    found.push({ from: begin, to: alone ? endOfLine(text, lineEnd + 1) : lineEnd, rules });
  }
  // A call over several lines is silenced on any of them.
  return (rule, from, to) =>
    found.some(
      (one) => (one.rules === null || one.rules.has(rule)) && from <= one.to && endOfLine(text, to) >= one.from,
    );
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}
