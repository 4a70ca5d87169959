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

export function usage(): string {
  const analyses = ANALYSES.map(({ manifest }) => `  ${manifest.id.padEnd(17)} ${manifest.title}`).join("\n");
  const formats = FORMATS.map(({ manifest }) => `  ${manifest.title.padEnd(34)} ${manifest.extensions.join(" ")}`).join(
    "\n",
  );
  return `modescope: what is in a checkpoint, and what its weights look like

Usage
${COMMANDS.map(({ name, usage: call, does }) => `  modescope ${name} ${call}\n      ${does}`).join("\n")}

Options of all commands
${COMMON.map(optionLines).join("\n")}

${COMMANDS.filter(({ help }) => help.length > 0)
  .map(({ name, help }) => `Options of ${name}\n${help.map(optionLines).join("\n")}`)
  .join("\n\n")}

FILE is a checkpoint, told by its content, a folder that is one model (shards and
their index, config.json and weights), or a quoted pattern of such names. Nothing in a file is ever executed: a pickle is read
as data, and what it would run is reported.
${formats}

Analyses
${analyses}

Columns of analyze
  ‖W‖₂ largest singular value · stable rank ‖W‖_F²/‖W‖₂² · erank exp(entropy of the singular values' shares); ~ marks an estimate,
  whose standard error is in --json and --csv · modes: singular values above the 99 % noise edge (empty where no null may be fitted)
  σ₁/edge · travel ‖W−W₀‖_F/‖W₀‖_F since the checkpoint named with --against

Exit codes
  0    all done
  1    some tensors failed (those that did not are in the output); lint: findings beyond --max-severity
  2    the call was wrong
  3    a file cannot be read as a checkpoint
  130  interrupted (Ctrl-C)

Examples
${COMMANDS.flatMap(({ examples }) => examples.map((one) => `  modescope ${one}`)).join("\n")}

Progress, findings and failures go to standard error; results to standard output. NO_COLOR is honoured.
Results are kept in $XDG_CACHE_HOME/modescope (else ~/.cache/modescope), at most 512 MiB: asking again is quick.
`;
}
