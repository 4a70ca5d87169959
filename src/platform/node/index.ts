import { fork } from "node:child_process";
import { join } from "node:path";
import type { EngineLink, StartEngine } from "../engineLink.ts";

export const hostKind = "node" as const;

/** Forks the compute process: a crash there costs a job, not the extension host. */
export const startEngine: StartEngine = async ({ bundles, ...options }): Promise<EngineLink> => {
  const child = fork(join(bundles, "compute.cjs"), [JSON.stringify(options)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    // A desktop VS Code is Electron: the child must be plain Node. Two malloc arenas instead of eight a core give freed chunks back.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", MALLOC_ARENA_MAX: "2" },
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-2000);
  });
  let disposed = false;
  return {
    processId: child.pid ?? null,
    transport: {
      send: (frame) => void (child.connected && child.send(frame, () => undefined)),
      onFrame: (listener) => void child.on("message", listener),
      close() {},
    },
    onExit(listener) {
      let said = disposed;
      const say = (reason: string) => {
        if (said || disposed) return;
        said = true;
        listener(reason);
      };
      child.on("error", (error) => say(error.message));
      child.on("exit", (code, signal) =>
        say(
          `the compute process ended (${signal ?? `code ${code}`})${complaint === "" ? "" : `: ${complaint.trim()}`}`,
        ),
      );
    },
    dispose() {
      disposed = true;
      if (child.connected) child.disconnect();
      else child.kill();
    },
  };
};
