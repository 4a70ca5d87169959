import { ANALYSES } from "../analysis/registry.ts";
import { FORMATS } from "../formats/registry.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";

const COMMON: Command["help"] = [
  ["--json", "everything, machine-readable: one document a file (schema: docs/cli-json.md)"],
  ["--csv", "one line a tensor, all digits"],
  ["--tensors GLOB", "only tensors whose name matches: * any characters, ? one; e.g. 'encoder.*.weight'"],
  [
    "--read-as P=R",
    "read tensors whose name matches P as R: a role, a layout (out-in, in-out), or both; may be given several times,",
    "e.g. 'decoder.*.weight=weight,in-out'",
  ],
  ["--workers N", "worker threads; 0 (default) is one for each core"],
  ["--no-cache", "compute everything anew, keep nothing"],
  ["--help, --version"],
];

function optionLines([option, ...meaning]: Command["help"][number]): string {
  const lines = meaning.map((line, index) => `  ${(index === 0 ? option : "").padEnd(17)} ${line}`);
  return lines.length === 0 ? `  ${option}` : lines.join("\n");
}

const calls = ({ name, usage, does }: Command) => `  modescope ${name} ${usage}\n      ${does}`;

const OPTIONS = `Options of all commands
${COMMON.map(optionLines).join("\n")}`;

const EXITS = `Exit codes
  0    all done
  1    some tensors failed (those that did not are in the output); lint: findings beyond --max-severity
  2    the call was wrong
  3    a file cannot be read as a checkpoint
  130  interrupted (Ctrl-C)`;

const examplesOf = (commands: readonly Command[], most: number) =>
  `Examples
${commands.flatMap(({ examples }) => examples.slice(0, most).map((one) => `  modescope ${one}`)).join("\n")}`;

const LAST = `Progress, findings and failures go to standard error; results to standard output. NO_COLOR is honoured.
Results are kept in $XDG_CACHE_HOME/modescope (else ~/.cache/modescope), at most 512 MiB: asking again is quick.`;

/** All commands, all formats, and what holds for all of them. */
export function overview(): string {
  const analyses = ANALYSES.map(({ manifest }) => `  ${manifest.id.padEnd(17)} ${manifest.title}`).join("\n");
  const formats = FORMATS.map(({ manifest }) => `  ${manifest.title.padEnd(34)} ${manifest.extensions.join(" ")}`).join(
    "\n",
  );
  return `modescope: what is in a checkpoint, and what its weights look like

Usage
${COMMANDS.map(calls).join("\n")}
  modescope COMMAND --help
      The options of one command, with examples.

${OPTIONS}

FILE is a checkpoint, told by its content, a folder that is one model (shards and
their index, config.json and weights), or a quoted pattern of such names. Nothing in a file is ever executed: a pickle is read
as data, and what it would run is reported.
${formats}

Analyses
${analyses}

${EXITS}

${examplesOf(COMMANDS, 1)}

${LAST}
`;
}

/** One command: its own options, and those of all. */
export function usageOf(command: Command): string {
  const own = command.help.length === 0 ? [] : [`Options\n${command.help.map(optionLines).join("\n")}`];
  return `${[
    `Usage\n${calls(command)}`,
    ...own,
    OPTIONS,
    ...(command.notes === undefined ? [] : [command.notes]),
    EXITS,
    examplesOf([command], Number.POSITIVE_INFINITY),
    LAST,
  ].join("\n\n")}\n`;
}
