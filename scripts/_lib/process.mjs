// Child processes, folders and waiting: what every script needs, on Node's own modules only (it runs before `npm ci`).
import { spawn, spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Where large downloads live, outside the project: one copy serves every clone. */
export const CACHE =
  process.env.MODESCOPE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "modescope");

/** A failure whose message tells what to do; scripts print it without a stack. */
export class SetupError extends Error {}

/** Runs to the end; resolves to the exit code and the output. `quiet` keeps the output off the screen unless it fails. */
export function run(command, args, { cwd = ROOT, env = {}, quiet = false, timeout = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    const take = (chunk, stream) => {
      output += chunk;
      if (!quiet) stream.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", (chunk) => take(chunk, process.stdout));
    child.stderr.setEncoding("utf8").on("data", (chunk) => take(chunk, process.stderr));
    const timer = timeout > 0 ? setTimeout(() => child.kill("SIGKILL"), timeout) : undefined;
    child.on("error", (error) => reject(error));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (quiet && code !== 0) process.stderr.write(output);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** As `run`, but a failure is an error that names the command. */
export async function must(command, args, options) {
  const { code, signal } = await run(command, args, options);
  if (code !== 0)
    throw new SetupError(`“${[command, ...args].join(" ")}” ended with ${signal ?? `exit code ${code}`}.`);
}

/** The first of these commands that is on the PATH. */
export function findCommand(...names) {
  for (const name of names) {
    const { status, stdout } = spawnSync(process.platform === "win32" ? "where" : "which", [name], {
      encoding: "utf8",
    });
    if (status === 0) return stdout.split(/\r?\n/)[0].trim();
  }
  return undefined;
}

const delay = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until the answer is not undefined; an error after the time says what was waited for. */
export async function until(what, ask, { timeout = 60_000, every = 200 } = {}) {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${Math.round(timeout / 1000)} s for ${what}.`);
    await delay(every);
  }
}
