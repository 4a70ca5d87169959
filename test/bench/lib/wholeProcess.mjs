// A contestant that is a process from start to end: what a user waits for, start-up included.
import { spawn } from "node:child_process";

const COMPLAINT = 2_000;

/** Resolves to { seconds (wall), inside (the last line of the output, if it is JSON) }; rejects when the process fails. */
export function timeProcess(command, args, env) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let tail = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      tail = (tail + chunk).slice(-10_000);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      complaint = (complaint + chunk).slice(-COMPLAINT);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, inside: insideOf(tail) });
      else reject(new Error(`it ended (${signal ?? `code ${code}`}): ${complaint.trim().split("\n").at(-1) ?? ""}`));
    });
  });
}

function insideOf(output) {
  const last = output.trim().split("\n").at(-1) ?? "";
  return last.startsWith("{") ? JSON.parse(last) : null;
}
