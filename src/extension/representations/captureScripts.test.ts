import { expect, test } from "vitest";
import { ACTIVATIONS_FILE, captureScript, FRAMEWORKS } from "./captureScripts.ts";

test.each(FRAMEWORKS)(
  "%s: two places to fill in, one file that is saved, nothing that reads from elsewhere",
  (framework) => {
    const script = captureScript(framework);
    expect(script.match(/^# EDIT [12]/gm)).toHaveLength(2);
    expect(script.split(`np.savez("${ACTIVATIONS_FILE}", **layers)`)).toHaveLength(2);
    expect(script).not.toMatch(/\b(urllib|requests|subprocess|os\.system|exec\()|(?<!\.)\beval\(/);
    expect(script).not.toMatch(/\t| +$/m);
    expect(Math.max(...script.split("\n").map((line) => line.length))).toBeLessThan(121);
  },
);

test("brackets, quotes and blocks of every script are whole", () => {
  for (const framework of FRAMEWORKS) {
    const code = captureScript(framework)
      .replace(/"""[\s\S]*?"""/g, "")
      .replace(/#.*$/gm, "")
      .replace(/f?"(?:[^"\\]|\\.)*"/g, '""');
    for (const [open, close] of ["()", "[]", "{}"].map((pair) => [...pair]))
      expect(code.split(open!).length, `${framework} ${open}`).toBe(code.split(close!).length);
    // A line that ends in a colon opens a block: the next one is indented deeper.
    const lines = code.split("\n").filter((line) => line.trim() !== "");
    for (const [at, line] of lines.entries())
      if (line.endsWith(":") && !/^\s*$/.test(line))
        expect(indentOf(lines[at + 1] ?? ""), `${framework}: ${line}`).toBeGreaterThan(indentOf(line));
  }
});

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
