import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import { notebookSource } from "../../lint/source/notebook.ts";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import type { CheckpointFinding, LintSettings, Severity, StatedLaw } from "../../lint/types.ts";
import { looksLikeName } from "./names.ts";

/** A finding with its place as people and tools count it. */
export interface FileFinding {
  readonly file: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** From 1; null for a checkpoint. */
  readonly line: number | null;
  readonly column: number | null;
  readonly cell: number | null;
  readonly tensor: string | null;
}

export interface LintedFile {
  readonly file: string;
  readonly findings: readonly FileFinding[];
  readonly models: readonly { readonly name: string; readonly line: number; readonly text: string }[];
  readonly notes: readonly string[];
  /** For comparing with a checkpoint that is linted in the same call. */
  readonly laws: readonly StatedLaw[];
}

/** Folders that hold nobody's own code. */
const OTHERS = new Set(["node_modules", "__pycache__", "site-packages"]);

/** Python sources, notebooks and checkpoints below the arguments. A file that is named is taken whatever it is called. */
export async function filesBelow(
  args: readonly string[],
  exclude: readonly string[],
): Promise<{ readonly sources: string[]; readonly checkpoints: string[] }> {
  const left = exclude.map(globMatcher);
  const sources: string[] = [];
  const checkpoints: string[] = [];
  const take = (path: string, named: boolean) => {
    const shown = relative(".", path).replaceAll("\\", "/");
    if (!named && left.some((matches) => matches(shown) || matches(`/${shown}`))) return;
    if (/\.(?:py|pyi|ipynb)$/.test(path)) sources.push(path);
    else if (named || looksLikeName(basename(path))) checkpoints.push(path);
  };
  const walk = async (folder: string): Promise<void> => {
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || OTHERS.has(entry.name)) continue;
      if (entry.isDirectory()) await walk(join(folder, entry.name));
      else if (entry.isFile()) take(join(folder, entry.name), false);
    }
  };
  for (const argument of args) {
    const facts = await stat(argument).catch(() => null);
    if (facts === null) throw new ModeScopeError("source-missing", `There is no ${argument}.`, {});
    if (facts.isDirectory()) await walk(argument);
    else take(argument, true);
  }
  return { sources, checkpoints };
}

export async function lintFile(file: string, settings: LintSettings): Promise<LintedFile> {
  const raw = await readFile(file, "utf8");
  const notebook = file.endsWith(".ipynb") ? notebookSource(raw) : null;
  const text = notebook?.text ?? raw;
  const report = new SourceLint().lint(text, settings);
  const place = positions(text);
  return {
    file,
    findings: report.findings.map(({ rule, severity, message, from }) => {
      const { line, column } = place(from);
      const inCell = notebook?.place(line);
      return {
        file,
        rule,
        severity,
        message,
        line: inCell?.line ?? line,
        column,
        cell: inCell?.cell ?? null,
        tensor: null,
      };
    }),
    models: report.models.map(({ name, from, text: words }) => ({ name, line: place(from).line, text: words })),
    notes: [...report.unread.map(({ message }) => message), ...report.notes],
    laws: report.laws,
  };
}

export function ofCheckpoint(file: string, { rule, severity, message, tensor }: CheckpointFinding): FileFinding {
  return { file, rule, severity, message, line: null, column: null, cell: null, tensor };
}

function positions(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
