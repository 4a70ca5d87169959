import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLI = fileURLToPath(new URL("../../dist/node/cli.cjs", import.meta.url));
/** `npm test` builds before it runs these. */
if (!existsSync(CLI)) throw new Error("dist/node/cli.cjs is not there: run `npm run build` first.");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built command as a process of its own, in the repository's folder, with a cache of its own. */
export function modescope(
  args: readonly string[],
  {
    cache,
    onStart,
    env = {},
  }: { cache: string; onStart?: (child: ChildProcess) => void; env?: Record<string, string> },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: "", XDG_CACHE_HOME: cache, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
    onStart?.(child);
  });
}
