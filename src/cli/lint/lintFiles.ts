import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import type { FileVerdict } from "../../lint/checkpoint/types.ts";
import { notebookSource } from "../../lint/source/notebook.ts";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import type { LintSettings, Severity, StatedLaw } from "../../lint/types.ts";
import type { CheckedWeight, CheckpointLintResult } from "../../studies/checkpoint-lint/types.ts";
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
  /** What was not looked at, and why; what agrees. */
  readonly notes: readonly string[];
  /** Those of the notes that say that a part of a source was not read. */
  readonly unread: readonly string[];
  /** For comparing with a checkpoint that is linted in the same call. */
  readonly laws: readonly StatedLaw[];
  /** Of a source: where an offset lies, as people count. */
  readonly place: ((offset: number) => Position) | null;
  /** Of a checkpoint: whether it is of before training, and how each weight came to be. Null for a source. */
  readonly verdict: FileVerdict | null;
  readonly weights: readonly CheckedWeight[];
}

type Position = Pick<FileFinding, "line" | "column" | "cell">;

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
  const plain = positions(text);
  const place = (offset: number): Position => {
    const { line, column } = plain(offset);
    const inCell = notebook?.place(line);
    return { line: inCell?.line ?? line, column, cell: inCell?.cell ?? null };
  };
  const unread = report.unread.map(({ message }) => message);
  return {
    file,
    findings: report.findings.map(({ rule, severity, message, from }) => ({
      file,
      rule,
      severity,
      message,
      ...place(from),
      tensor: null,
    })),
    models: report.models.map(({ name, from, text: words }) => ({ name, line: plain(from).line, text: words })),
    notes: [...unread, ...report.notes],
    unread,
    laws: report.laws,
    place,
    verdict: null,
    weights: [],
  };
}

/**
 * A checkpoint's findings as a file's, what was not looked at as notes. Where it disagrees with one of the sources, that source's line has a finding of
 * its own.
 */
export function ofCheckpoint(file: string, result: CheckpointLintResult, sources: readonly LintedFile[]): LintedFile {
  const label = (tensor: string, part: number | null) => {
    const block = result.weights.find((weight) => weight.tensor === tensor && weight.part === part)?.partLabel ?? null;
    return part === null ? tensor : `${tensor} · ${block ?? `block ${part}`}`;
  };
  return {
    file,
    findings: result.findings.flatMap(({ rule, severity, message, tensor, part, stated }): FileFinding[] => {
      const own = {
        file,
        rule,
        severity,
        message,
        line: null,
        column: null,
        cell: null,
        tensor: tensor === null ? null : label(tensor, part),
      };
      const place = sources.find((source) => source.file === stated?.uri)?.place ?? null;
      if (stated === null || place === null) return [own];
      const { uri, from } = stated;
      return [own, { file: uri, rule, severity, message: stated.message, ...place(from), tensor: null }];
    }),
    models: [],
    notes: [...result.notes, ...result.skipped.map(({ tensor, part, reason }) => `${label(tensor, part)}: ${reason}`)],
    unread: [],
    laws: [],
    place: null,
    verdict: result.verdict,
    weights: result.weights,
  };
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
