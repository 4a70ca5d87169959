import { parseArgs } from "node:util";
import { describeError, isCancelled, serializeError } from "../base/errors.ts";
import { analyze } from "./commands/analyze.ts";
import { inspect } from "./commands/inspect.ts";
import { EXIT } from "./exitCodes.ts";
import type { CliOptions } from "./options.ts";
import { USAGE } from "./usage.ts";

const VERSION = "0.1.0";

const COMMANDS: Readonly<Record<string, (file: string, options: CliOptions) => Promise<number>>> = { inspect, analyze };

async function main(): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(process.argv.slice(2));
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (values.version) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  const [command, file, ...more] = positionals;
  if (command === undefined) return wrongUse("A command is needed.");
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (run === undefined) return wrongUse(`There is no command ${command}.`);
  if (file === undefined || more.length > 0) return wrongUse("Exactly one file is needed.");
  const exactLimit = wholeNumber(values["exact-limit"]);
  const workers = wholeNumber(values.workers);
  if (exactLimit === null || exactLimit < 1) return wrongUse("--exact-limit needs a whole number of at least 1.");
  if (workers === null) return wrongUse("--workers needs a whole number.");

  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  try {
    return await run(file, {
      json: values.json,
      tensors: values.tensors,
      analyses: values.analyses.split(",").map((name) => name.trim()),
      exactLimit,
      workers,
      cacheBytes: values["no-cache"] ? 0 : 512 * 2 ** 20,
      signal: interrupt.signal,
    });
  } catch (error) {
    if (interrupt.signal.aborted || isCancelled(error)) {
      process.stderr.write("modescope: interrupted\n");
      return EXIT.interrupted;
    }
    const plain = serializeError(error);
    process.stderr.write(`modescope: ${describeError(plain)}\n`);
    return plain.code === "bad-request" ? EXIT.usage : EXIT.unreadable;
  }
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      tensors: { type: "string", default: "*" },
      analyses: { type: "string", default: "statistics,spectrum" },
      "exact-limit": { type: "string", default: "1024" },
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

function wrongUse(why: string): number {
  process.stderr.write(`modescope: ${why}\nTry: modescope --help\n`);
  return EXIT.usage;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`modescope: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.unreadable;
  },
);
