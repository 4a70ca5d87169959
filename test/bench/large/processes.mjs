// What the kernel says of the processes of one server: who is who, memory, processor time.
import { readdir, readFile } from "node:fs/promises";

const read = (path) => readFile(path, "utf8").catch(() => "");

/** Descendants of a process: the extension host and the compute process. */
export async function findProcesses(root) {
  const parents = new Map();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    parents.set(Number(name), parent);
  }
  const descends = (pid) => pid !== undefined && pid > 1 && (pid === root || descends(parents.get(pid)));
  const found = { host: undefined, compute: undefined };
  for (const pid of parents.keys()) {
    if (!descends(pid)) continue;
    const command = (await read(`/proc/${pid}/cmdline`)).replaceAll("\0", " ");
    if (command.includes("--type=extensionHost")) found.host = pid;
    if (command.includes("compute.cjs")) found.compute = pid;
  }
  return found;
}

const megabytes = (status, field) =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1024;

/** Resident memory now and at its highest, in MB. */
export async function memoryOf(pid) {
  const status = await read(`/proc/${pid}/status`);
  return { now: megabytes(status, "VmRSS"), peak: megabytes(status, "VmHWM") };
}

/** Processor time of all threads so far, in milliseconds (a tick of the clock is 10). */
async function processorTime(pid) {
  const stat = await read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/**
 * Milliseconds from `since` (performance.now) until the process rests: the last moment at which it was seen to use the processor, asked every
 * 5 ms, followed by `quiet` ms with at most one tick (timers and messages).
 */
export async function untilRest(pid, since, { quiet = 300, timeout = 30_000 } = {}) {
  let busy = since;
  let known = await processorTime(pid);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const now = performance.now();
    const used = await processorTime(pid);
    if (used > known + 10 || (used > known && now - busy < 50)) {
      busy = now;
      known = used;
    }
    if (now - busy > quiet) return busy - since;
    if (now - since > timeout) return Number.POSITIVE_INFINITY;
  }
}
