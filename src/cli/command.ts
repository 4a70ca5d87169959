import type { CliOptions } from "./options.ts";

/** One option of the command line, as `util.parseArgs` takes it. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly short?: string;
}

/** What was given, by option; an option that was not given is not in it. */
export type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** A command that has read its own options and waits for files. */
export interface Prepared {
  /** Of one argument; resolves to an exit code. */
  run(argument: string, options: CliOptions): Promise<number>;
  /** Printed once before all files; a command without it has no CSV. */
  readonly csvHeader?: () => string;
}

/** One command: a file here and a line in the registry. Its words in `--help` are its own. */
export interface Command {
  readonly name: string;
  /** The line under Usage, without the program's name, and what it does. */
  readonly usage: string;
  readonly does: string;
  /** Its own options beside the common ones. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** Help of its own options: as it is written, and what it means (lines). */
  readonly help: readonly (readonly [option: string, ...meaning: string[]])[];
  /** What its output says, for its own help. */
  readonly notes?: string;
  /** The first stands in the help of all commands, too. */
  readonly examples: readonly [string, ...string[]];
  /** It looks at folders itself, takes all arguments as one question, or does without any (then it is given ""). */
  readonly takes?: "folders" | "all" | "optional";
  /** Throws a `UsageError` for options that make no sense. */
  prepare(given: Given, args: readonly string[]): Prepared;
}

/** The call was wrong; the message says how. */
export class UsageError extends Error {}

export function textOf(given: Given, option: string): string | undefined {
  const value = given[option];
  return typeof value === "string" ? value : undefined;
}

/** A whole number in a range, or the default. */
export function wholeNumberOf(given: Given, option: string, fallback: number, least: number, most: number): number {
  const text = textOf(given, option);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most >= 1e9 - 1 ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`--${option} needs a whole number ${range}.`);
}

/** A finite number of at least `least`, or null where none was given. */
export function numberOf(given: Given, option: string, least: number): number | null {
  const text = textOf(given, option);
  if (text === undefined) return null;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= least) return value;
  throw new UsageError(`--${option} needs a number of at least ${least}.`);
}

export function choiceOf<const Choice extends string, Fallback>(
  given: Given,
  option: string,
  choices: readonly Choice[],
  fallback: Fallback,
): Choice | Fallback {
  const text = textOf(given, option);
  if (text === undefined) return fallback;
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  const words = choices.length === 2 ? choices.join(" or ") : choices.join(", ");
  throw new UsageError(`--${option} is ${words}.`);
}
