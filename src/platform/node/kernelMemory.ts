import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import type { KernelMemory } from "../../engine/helperThread.ts";
import { cacheHome } from "./cacheHome.ts";

/** Longer than any name of a set; a file that says more is not ours. */
const LONGEST = 32;

/**
 * Choices of kernels that all processes on this machine share: the panels' and the command line's numbers are the same to their last bit. A file for each
 * engine (its version and switches decide what the kernels become), processor and build of the kernels. Where nothing can be kept nothing is, and each thread
 * chooses for itself.
 */
export function kernelMemory(folder: string = join(cacheHome(), "modescope", "kernels")): KernelMemory {
  const fileOf = (build: string) => {
    const machine = [process.versions.v8, process.arch, cpus()[0]?.model ?? "", ...process.execArgv, build].join("\n");
    return join(folder, createHash("sha256").update(machine).digest("hex").slice(0, 32));
  };
  const read = (path: string) => {
    try {
      const text = readFileSync(path, "utf8");
      return text.length > LONGEST ? undefined : text;
    } catch {
      return undefined;
    }
  };
  return {
    recall: (build) => read(fileOf(build)),
    remember(build, chosen) {
      const path = fileOf(build);
      const beside = `${path}.${process.pid}.${threadId}.tmp`;
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(beside, chosen, { flag: "wx" });
        try {
          // A link is made whole or, where the file is there already, not at all: of two that chose at once the second takes the first one's.
          linkSync(beside, path);
        } finally {
          rmSync(beside, { force: true });
        }
      } catch {
        // Someone was first, or nothing can be written here.
      }
      return read(path) ?? chosen;
    },
  };
}
