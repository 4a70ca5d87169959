/** What a number's characters mean; NaN for those that no real number has. */
export function numberValue(text: string): number {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const last = plain.charCodeAt(plain.length - 1) | 32;
  return last === J ? Number.NaN : Number(plain);
}

const J = 106;

/** Simple strings only, without their escapes: what the lint compares are names of functions and modes. */
export function stringValue(text: string): string | null {
  const match = /^([A-Za-z]*)("""|'''|"|')([\s\S]*)\2$/.exec(text);
  if (match === null || /f/i.test(match[1] ?? "")) return null;
  return match[3] ?? "";
}
