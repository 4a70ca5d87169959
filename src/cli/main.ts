import { parseArgs } from "node:util";
import { analysisById } from "../analysis/registry.ts";
import { describeError, isCancelled, type SerializedError, serializeError } from "../base/errors.ts";
import type { TensorReading } from "../base/tensor.ts";
import { readingOfText } from "../formats/interpret/readings.ts";
import { LOSSES } from "../series/timeConstant.ts";
import { analyze } from "./commands/analyze.ts";
import { dynamics } from "./commands/dynamics.ts";
import { hierarchy } from "./commands/hierarchy.ts";
import { inspect } from "./commands/inspect.ts";
import { EXIT } from "./exitCodes.ts";
import { filesOf } from "./files.ts";
import { printDocument } from "./json.ts";
import type { CliOptions } from "./options.ts";
import { coloured, printable } from "./terminal.ts";
import { usage } from "./usage.ts";

const VERSION = "0.1.0";
const DEFAULT = "statistics,spectrum";
const CACHE_BYTES = 512 * 2 ** 20;

interface Command {
  run(file: string, options: CliOptions): Promise<number>;
  /** Printed once before all files; a command without it has no CSV. */
  csvHeader?(options: CliOptions): string;
  /** It looks at folders itself: their files are one question, not many. */
  readonly wholeSeries?: true;
}

const COMMANDS: Readonly<Record<string, Command>> = { inspect, analyze, hierarchy, dynamics };

async function main(): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(process.argv.slice(2));
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [name, ...named] = positionals;
  if (values.help || name === "help") {
    process.stdout.write(usage());
    return EXIT.ok;
  }
  if (values.version) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  if (name === undefined) return wrongUse(`A command is needed: ${namesOf(COMMANDS)}.`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return wrongUse(`There is no command ${name}; there are ${namesOf(COMMANDS)}.`);
  if (named.length === 0) return wrongUse(`modescope ${name} needs a file.`);
  if (values.json && values.csv) return wrongUse("--json and --csv exclude each other.");
  if (values.csv && command.csvHeader === undefined) return wrongUse(`modescope ${name} has no --csv: use --json.`);
  const items = choice(values.items, ["rows", "columns"]);
  const geometry = choice(values.geometry, ["hidden", "behaviour"]);
  const draws = wholeNumber(values.draws);
  if (items === null) return wrongUse("--items is rows or columns.");
  if (geometry === null || geometry === undefined) return wrongUse("--geometry is hidden or behaviour.");
  if (draws === null || draws < 20 || draws > 10_000) return wrongUse("--draws needs a whole number from 20 to 10000.");
  const rate = values.rate === undefined ? null : positive(values.rate);
  const loss = choice(values.loss, LOSSES);
  const momentum = Number(values.momentum);
  if (Number.isNaN(rate)) return wrongUse("--rate needs a positive number.");
  if (loss === null || loss === undefined) return wrongUse(`--loss is ${LOSSES.join(", ")}.`);
  if (!(momentum >= 0 && momentum < 1)) return wrongUse("--momentum needs a number from 0 to below 1.");
  const exactLimit = wholeNumber(values["exact-limit"]);
  const workers = wholeNumber(values.workers);
  if (exactLimit === null || exactLimit < 1) return wrongUse("--exact-limit needs a whole number of at least 1.");
  if (workers === null || workers > 256) return wrongUse("--workers needs a whole number from 0 to 256.");
  const against = values.against ?? null;
  const analyses = (values.analyses ?? (against === null ? DEFAULT : `${DEFAULT},travel`))
    .split(",")
    .map((id) => id.trim());
  let readings: readonly TensorReading[];
  try {
    readings = values["read-as"].map(readingOfText);
    const needy = analyses.find((id) => analysisById(id).manifest.reference === "required");
    if (needy !== undefined && against === null)
      return wrongUse(`${needy} compares with an earlier checkpoint: name it with --against FILE.`);
    if (against !== null && name === "inspect") return wrongUse("--against is for analyze.");
  } catch (error) {
    return wrongUse(describeError(serializeError(error)));
  }

  const interrupt = new AbortController();
  // Once: a second Ctrl-C ends the process the hard way.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  const complaints: number[] = [];
  const complain = (file: string, error: SerializedError) => {
    process.stderr.write(`${coloured("modescope:", "red")} ${printable(`${file}: ${describeError(error)}`)}\n`);
    if (values.json) printDocument({ schema: "modescope/error/1", file, error }, named.length > 1);
    complaints.push(error.code === "bad-request" ? EXIT.usage : EXIT.unreadable);
  };
  const files: string[] = [];
  for (const argument of named) {
    try {
      files.push(...(command.wholeSeries ? [argument] : await filesOf(argument)));
    } catch (error) {
      complain(argument, serializeError(error));
    }
  }
  const options: CliOptions = {
    form: values.json ? "json" : values.csv ? "csv" : "text",
    several: files.length + complaints.length > 1,
    tensors: values.tensors,
    analyses,
    readings,
    against,
    exactLimit,
    hierarchy: { items: items ?? null, geometry, centre: values.centre, draws, labels: values.labels ?? null },
    dynamics: { data: values.data ?? null, rate, loss, momentum },
    workers,
    cacheBytes: values["no-cache"] ? 0 : CACHE_BYTES,
    signal: interrupt.signal,
  };
  if (options.form === "csv" && files.length > 0) process.stdout.write(command.csvHeader?.(options) ?? "");
  const codes: number[] = [];
  for (const [index, file] of files.entries()) {
    try {
      if (options.form === "text" && options.several)
        process.stdout.write(`${index === 0 ? "" : "\n"}== ${printable(file)}\n`);
      codes.push(await command.run(file, options));
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

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      csv: { type: "boolean", default: false },
      tensors: { type: "string", default: "*" },
      analyses: { type: "string" },
      against: { type: "string" },
      "read-as": { type: "string", multiple: true, default: [] },
      "exact-limit": { type: "string", default: "1024" },
      items: { type: "string" },
      geometry: { type: "string", default: "hidden" },
      centre: { type: "boolean", default: false },
      draws: { type: "string", default: "1000" },
      labels: { type: "string" },
      data: { type: "string" },
      rate: { type: "string" },
      loss: { type: "string", default: "half-sum" },
      momentum: { type: "string", default: "0" },
      workers: { type: "string", default: "0" },
      "no-cache": { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
      version: { type: "boolean", default: false },
    },
  });
}

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function positive(text: string): number {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : Number.NaN;
}

/** Undefined where nothing was said, null where it is none of the choices. */
function choice<const Choice extends string>(
  text: string | undefined,
  choices: readonly Choice[],
): Choice | null | undefined {
  return text === undefined ? undefined : (choices.find((one) => one === text) ?? null);
}

function namesOf(commands: Readonly<Record<string, Command>>): string {
  const names = Object.keys(commands);
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

function wrongUse(why: string): number {
  process.stderr.write(`modescope: ${printable(why)}\nTry: modescope --help\n`);
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
