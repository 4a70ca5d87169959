import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeError, isCancelled, type SerializedError, serializeError } from "../base/errors.ts";
import type { TensorReading } from "../base/tensor.ts";
import { readingOfText } from "../formats/interpret/readings.ts";
import { type Flag, type Given, type Prepared, textOf, UsageError, wholeNumberOf } from "./command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { EXIT } from "./exitCodes.ts";
import { filesOf } from "./files.ts";
import { printDocument } from "./json.ts";
import type { CliOptions } from "./options.ts";
import { coloured, printable } from "./terminal.ts";
import { overview, usageOf } from "./usage.ts";
import { VERSION } from "./version.ts";

const CACHE_BYTES = 512 * 2 ** 20;

async function main(): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(process.argv.slice(2));
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [name, ...named] = positionals;
  if (values.help === true || name === "help") {
    const asked = COMMANDS.find((one) => one.name === (name === "help" ? named[0] : name));
    process.stdout.write(asked === undefined ? overview() : usageOf(asked));
    return EXIT.ok;
  }
  if (values.version === true) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (name === undefined) return wrongUse(`A command is needed: ${commandNames()}.`);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return wrongUse(`There is no command ${name}; there are ${commandNames()}.`);
  if (named.length === 0 && command.takes !== "optional") return wrongUse(`modescope ${name} needs a file.`);
  if (values.json && values.csv) return wrongUse("--json and --csv exclude each other.");
  const foreign = Object.keys(values).find((option) => !(option in COMMON) && !(option in command.flags));
  if (foreign !== undefined) {
    const owners = COMMANDS.filter(({ flags }) => foreign in flags).map((one) => one.name);
    return wrongUse(`--${foreign} is for ${owners.join(" and ")}.`);
  }
  let prepared: Prepared;
  let common: { readonly workers: number; readonly readings: readonly TensorReading[] };
  try {
    const readAs = Array.isArray(values["read-as"]) ? values["read-as"] : [];
    common = { workers: wholeNumberOf(values, "workers", 0, 0, 256), readings: readAs.map(String).map(readingOfText) };
    prepared = command.prepare(values, named);
  } catch (error) {
    return wrongUse(error instanceof UsageError ? error.message : describeError(serializeError(error)));
  }
  if (values.csv && prepared.csvHeader === undefined) return wrongUse(`modescope ${name} has no --csv: use --json.`);

  const interrupt = new AbortController();
  // Once: a second Ctrl-C ends the process the hard way.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  const complaints: number[] = [];
  const complain = (file: string, error: SerializedError) => {
    process.stderr.write(
      `${coloured("modescope:", "red")} ${printable(`${blamed(file === "" ? name : file, error)}: ${describeError(error)}`)}\n`,
    );
    if (values.json) printDocument({ schema: "modescope/error/1", file, error }, named.length > 1);
    complaints.push(error.code === "bad-request" ? EXIT.usage : EXIT.unreadable);
  };
  const files: string[] = [];
  if (named.length === 0) files.push("");
  for (const argument of command.takes === "all" ? named.slice(0, 1) : named) {
    try {
      files.push(...(command.takes === undefined ? await filesOf(argument) : [argument]));
    } catch (error) {
      complain(argument, serializeError(error));
    }
  }
  const options: CliOptions = {
    form: values.json ? "json" : values.csv ? "csv" : "text",
    several: files.length + complaints.length > 1,
    tensors: textOf(values, "tensors") ?? "*",
    ...common,
    cacheBytes: values["no-cache"] ? 0 : CACHE_BYTES,
    signal: interrupt.signal,
  };
  if (options.form === "csv" && files.length > 0) process.stdout.write(prepared.csvHeader?.() ?? "");
  const codes: number[] = [];
  for (const [index, file] of files.entries()) {
    try {
      if (options.form === "text" && options.several)
        process.stdout.write(`${index === 0 ? "" : "\n"}== ${printable(file)}\n`);
      codes.push(await prepared.run(file, options));
    } catch (error) {
      if (interrupt.signal.aborted || isCancelled(error)) break;
      complain(file, serializeError(error));
    }
  }
  if (interrupt.signal.aborted) {
    process.stderr.write("modescope: interrupted\n");
    return EXIT.interrupted;
  }
  return Math.max(EXIT.ok, ...codes, ...complaints);
}

const COMMON: Readonly<Record<string, Flag>> = {
  json: { type: "boolean" },
  csv: { type: "boolean" },
  tensors: { type: "string" },
  "read-as": { type: "string", multiple: true },
  workers: { type: "string" },
  "no-cache": { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
};

function parse(args: string[]): { readonly values: Given; readonly positionals: string[] } {
  const all: Record<string, Flag> = Object.assign({}, COMMON, ...COMMANDS.map(({ flags }) => flags));
  const { positionals } = parseArgs({ args, allowPositionals: true, options: all });
  // Two commands may mean different things by one word: the one that is called has it.
  const own = COMMANDS.find(({ name }) => name === positionals[0])?.flags;
  const { values } = parseArgs({ args, allowPositionals: true, options: { ...all, ...own } });
  return { values: values as Given, positionals };
}

/** Of several files, the one that the error is about. */
function blamed(file: string, { details: { uri } }: SerializedError): string {
  if (uri?.startsWith("file:") !== true) return file;
  const path = fileURLToPath(uri);
  return resolve(file) === path ? file : relative(process.cwd(), path);
}

function commandNames(): string {
  const names = COMMANDS.map(({ name }) => name);
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

function wrongUse(why: string): number {
  process.stderr.write(`modescope: ${printable(why)}\nTry: modescope --help, or modescope COMMAND --help\n`);
  return EXIT.usage;
}

// Who reads may stop reading (`| head`): that is no failure, and there is nobody left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.unreadable),
);
process.stderr.on("error", () => undefined);

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`modescope: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.unreadable;
  },
);
