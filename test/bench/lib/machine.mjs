// What a figure must not be read without: machine, versions, and which kernels each library chose.
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { CACHE, run } from "../../../scripts/_lib/process.mjs";

export async function describeMachine() {
  const git = await run("git", ["rev-parse", "--short", "HEAD"], { quiet: true });
  return {
    cpu: processorName(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    commit: git.code === 0 ? git.output.trim() : "unknown",
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Hypervisors shorten the name: family and model tell the generation. */
function processorName() {
  const name = cpus()[0]?.model.trim() ?? "unknown processor";
  if (!existsSync("/proc/cpuinfo")) return name;
  const text = readFileSync("/proc/cpuinfo", "utf8");
  const field = (key) => new RegExp(`^${key}\\s*:\\s*(.+)$`, "m").exec(text)?.[1];
  const wide = ["avx2", "avx512f"].filter((flag) => new RegExp(`\\b${flag}\\b`).test(field("flags") ?? ""));
  const [family, model] = [field("cpu family"), field("model")];
  return `${name}${family === undefined ? "" : ` (family ${family}, model ${model}${wide.length > 0 ? `, ${wide.join(", ")}` : ""})`}`;
}

/** The Node of the VS Code server that the tests drive, if it is in the cache: what runs the compute process there. */
export async function editorNode() {
  const servers = (await readdir(CACHE).catch(() => [])).filter((name) => /^code-server-\d/.test(name)).sort();
  for (const server of servers.reverse()) {
    const modules = join(CACHE, server, "node_modules");
    for (const name of await readdir(modules).catch(() => [])) {
      const node = join(modules, name, "bin", platform() === "win32" ? "node.exe" : "node");
      if (name.startsWith("node-") && existsSync(node)) return node;
    }
  }
  return null;
}
