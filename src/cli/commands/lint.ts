import { dirname } from "node:path";
import { describeError, isCancelled, serializeError } from "../../base/errors.ts";
import type { Severity } from "../../lint/types.ts";
import { checkpointLintStudy } from "../../studies/checkpoint-lint/index.ts";
import { type Command, choiceOf } from "../command.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import { lintConfig } from "../lint/config.ts";
import { FORMS, type Form, githubForm, junitForm, sarifForm, textForm } from "../lint/forms.ts";
import { type FileFinding, filesBelow, type LintedFile, lintFile, ofCheckpoint } from "../lint/lintFiles.ts";
import type { CliOptions } from "../options.ts";
import { openStudies } from "../study.ts";
import { coloured, printable } from "../terminal.ts";
import { VERSION } from "../version.ts";

const ALLOWED = ["none", "information", "warning", "error"] as const;
type Allowed = (typeof ALLOWED)[number];
const RANK: Readonly<Record<Allowed, number>> = { none: 0, information: 1, warning: 2, error: 3 };

/** Initializations in Python sources, notebooks and checkpoints. */
export const lint: Command = {
  name: "lint",
  usage: "PATH… [--json | --format WORD] [--max-severity WORD]",
  does: "What initializations mean: rules MF001 to MF025 on Python, notebooks and checkpoints; sources against checkpoints named with them.",
  flags: { format: { type: "string" }, "max-severity": { type: "string" } },
  help: [
    ["--format WORD", "text (default), json, sarif, junit, or github (workflow commands)"],
    [
      "--max-severity W",
      "worst severity that is let pass: none, information (default), warning or error; worse ones give exit code 1",
    ],
  ],
  notes: `Settings
  modescope.json or .modescope.json in the nearest folder upward (schema: docs/modescope.schema.json): severities, depth, exclusions
  # modescope: ignore[MF003] on a line, # modescope: ignore-file[MF003] anywhere in a file`,
  examples: ["lint src --max-severity warning", "lint train.py checkpoints/epoch-000.pt"],
  takes: "all",

  prepare(given, args) {
    const form = choiceOf(given, "format", FORMS, given.json === true ? "json" : "text");
    const allowed = choiceOf(given, "max-severity", ALLOWED, "information");
    return { run: (_first, options) => run(args, form, allowed, options) };
  },
};

async function run(args: readonly string[], form: Form, allowed: Allowed, options: CliOptions): Promise<number> {
  const config = await lintConfig(args[0] === undefined ? "." : dirname(`${args[0]}/x`));
  const { sources, checkpoints } = await filesBelow(args, config.exclude);
  const files: LintedFile[] = [];
  let unreadable = 0;
  const complain = (file: string, error: unknown) => {
    if (isCancelled(error) || options.signal.aborted) throw error;
    process.stderr.write(
      `${coloured("modescope:", "red")} ${printable(`${file}: ${describeError(serializeError(error))}`)}\n`,
    );
    unreadable++;
  };
  for (const file of sources) {
    options.signal.throwIfAborted();
    try {
      files.push(await lintFile(file, config.settings));
    } catch (error) {
      complain(file, error);
    }
  }
  const linted = [...files];
  const stated = files
    .filter(({ laws }) => laws.length > 0)
    .map(({ file, laws }) => ({ uri: file, laws, chosen: false }));
  const studies = openStudies(options);
  try {
    for (const file of checkpoints) {
      try {
        const parameters = { settings: config.settings, sources: stated };
        const result = await studies.run(checkpointLintStudy, [{ role: "checkpoint", path: file }], parameters);
        files.push(ofCheckpoint(file, result, linted));
      } catch (error) {
        complain(file, error);
      }
    }
  } finally {
    studies.dispose();
  }
  print(form, files, new Set(args));
  const worst = Math.max(
    0,
    ...files.flatMap(({ findings }) => findings.map(({ severity }) => RANK[severity satisfies Severity])),
  );
  return unreadable > 0 ? EXIT.unreadable : worst > RANK[allowed] ? EXIT.partial : EXIT.ok;
}

function print(form: Form, files: readonly LintedFile[], named: ReadonlySet<string>): void {
  const findings: readonly FileFinding[] = files.flatMap((file) => file.findings);
  switch (form) {
    case "json":
      printDocument(
        {
          schema: "modescope/lint/1",
          files: files.map(({ file, findings: own, models, notes, verdict, weights }) => ({
            file,
            findings: own,
            models,
            notes,
            ...(verdict === null ? {} : { verdict, weights }),
          })),
        },
        false,
      );
      return;
    case "sarif":
      process.stdout.write(sarifForm(findings, VERSION));
      return;
    case "junit":
      process.stdout.write(
        junitForm(
          files.map(({ file }) => file),
          findings,
        ),
      );
      return;
    case "github":
      process.stdout.write(githubForm(findings));
      return;
    default:
      process.stdout.write(textForm(findings));
      for (const file of files)
        for (const words of remarksOn(file, named.has(file.file)))
          process.stderr.write(`${printable(`${file.file}: ${words}`)}\n`);
      process.stderr.write(
        `${files.length} file${files.length === 1 ? "" : "s"}, ${findings.length} finding${findings.length === 1 ? "" : "s"}.\n`,
      );
  }
}

/** Of every file what was not read of it; of one that was named, not found in a folder, all that there is to say. */
function remarksOn({ unread, notes, verdict }: LintedFile, named: boolean): readonly string[] {
  if (!named) return unread;
  return verdict === null ? notes : [verdict.sentence, ...notes];
}
