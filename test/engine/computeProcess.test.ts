import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../../src/platform/node/index.ts";
import type { EngineEvents, EngineMethods } from "../../src/protocol/contract.ts";
import { Peer } from "../../src/protocol/peer.ts";
import { buildBundles } from "./bundles.testkit.ts";
import { squareMatrices, writeCheckpoint } from "./checkpoints.testkit.ts";
import { resultsOf, until } from "./engine.testkit.ts";

let bundles: Awaited<ReturnType<typeof buildBundles>>;
let folder: string;
beforeAll(async () => {
  bundles = await buildBundles();
  folder = await mkdtemp(join(tmpdir(), "modescope-process-"));
});
afterAll(async () => {
  await bundles.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function connect(cacheFolder = join(folder, "cache")) {
  const link = await startEngine({
    bundles: bundles.folder,
    cacheFolder,
    cacheBytes: 16 * 2 ** 20,
    workers: 1,
  });
  const reasons: string[] = [];
  const peer = new Peer<EngineMethods, EngineEvents>(link.transport);
  link.onExit((reason) => {
    reasons.push(reason);
    peer.dispose();
  });
  return { link, peer, reasons };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a killed compute process is reported once, every request ends, and a new one serves on", async () => {
  const path = join(folder, "big.safetensors");
  await writeCheckpoint(path, squareMatrices(1, 2000));
  const uri = pathToFileURL(path).href;
  const { link, peer, reasons } = await connect();
  const { checkpoint } = await peer.request("checkpoint/open", { uri });
  const target = { tensor: "layer000.weight", part: null, tap: null };
  const { run } = await peer.request("run/start", {
    checkpoint,
    analysis: "spectrum",
    targets: [target],
    parameters: { exactLimit: 8192 },
  });
  await until("the kernel runs", async () =>
    ((await peer.request("run/snapshot", { run, since: 0 })).active ?? []).some(({ fraction }) => fraction > 0),
  );
  const pending = peer.request("analysis/run", { checkpoint, analysis: "statistics", target, parameters: {} });
  const ends = expect(pending).rejects.toMatchObject({ code: "worker-lost" });
  process.kill(link.processId ?? 0, "SIGKILL");
  await ends;
  expect(reasons).toEqual(["the compute process ended (SIGKILL)"]);
  await expect(peer.request("engine/info", {})).rejects.toMatchObject({ code: "worker-lost" });

  const next = await connect();
  const again = await next.peer.request("checkpoint/open", { uri });
  expect(again.totals.tensors).toBe(1);
  next.link.dispose();
});

test("two windows at once over one cache: the same answers, whole entries, and a third finds all of them", async () => {
  const path = join(folder, "shared.safetensors");
  await writeCheckpoint(path, squareMatrices(24, 96, 50));
  const uri = pathToFileURL(path).href;
  const cache = join(folder, "shared-cache");
  const runAll = async ({ peer }: Awaited<ReturnType<typeof connect>>) => {
    const { checkpoint } = await peer.request("checkpoint/open", { uri });
    const parameters = {};
    const { run } = await peer.request("run/start", { checkpoint, analysis: "spectrum", targets: "all", parameters });
    let snapshot = await peer.request("run/snapshot", { run, since: 0 });
    await until("the run is over", async () => {
      snapshot = await peer.request("run/snapshot", { run, since: 0 });
      return snapshot.state === "finished";
    });
    return snapshot.outcomes;
  };
  const windows = await Promise.all([connect(cache), connect(cache)]);
  const [a, b] = (await Promise.all(windows.map(runAll))).map(resultsOf);
  expect(a?.size).toBe(24);
  expect(a).toEqual(b);
  const third = await connect(cache);
  const again = await runAll(third);
  expect(again.every(({ outcome }) => outcome.kind === "done" && outcome.fromCache)).toBe(true);
  expect(resultsOf(again)).toEqual(a);
  for (const { link } of [...windows, third]) link.dispose();
  expect(readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("workers leave the processor to the editor, the process that answers it does not", async () => {
  if (process.platform !== "linux") return console.log("Only Linux tells the priority of a thread.");
  const path = join(folder, "polite.safetensors");
  await writeCheckpoint(path, squareMatrices(1, 1000, 11));
  const { link, peer } = await connect();
  const { checkpoint } = await peer.request("checkpoint/open", { uri: pathToFileURL(path).href });
  const target = { tensor: "layer000.weight", part: null, tap: null };
  await peer.request("analysis/run", { checkpoint, analysis: "statistics", target, parameters: {} });
  const threads = readdirSync(`/proc/${link.processId}/task`).map((id) => {
    const stat = readFileSync(`/proc/${link.processId}/task/${id}/stat`, "utf8");
    return {
      main: Number(id) === link.processId,
      nice: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]),
    };
  });
  link.dispose();
  expect(threads.find(({ main }) => main)?.nice).toBe(getPriority());
  expect(Math.max(...threads.map(({ nice }) => nice))).toBe(Math.max(10, getPriority()));
});

test("the compute process ends with its host's last word, also in the midst of a kernel", async () => {
  const path = join(folder, "other.safetensors");
  await writeCheckpoint(path, squareMatrices(1, 1500, 5));
  const { link, peer, reasons } = await connect();
  const { checkpoint } = await peer.request("checkpoint/open", { uri: pathToFileURL(path).href });
  await peer.request("run/start", {
    checkpoint,
    analysis: "spectrum",
    targets: "all",
    parameters: { exactLimit: 8192 },
  });
  const pid = link.processId ?? 0;
  expect(alive(pid)).toBe(true);
  link.dispose();
  await until("the process is gone", () => !alive(pid), 10_000);
  expect(reasons).toEqual([]);
});

test("a bundle that is not there is a reason, not silence", async () => {
  const link = await startEngine({
    bundles: join(folder, "nowhere"),
    cacheFolder: join(folder, "cache"),
    cacheBytes: 0,
    workers: 1,
  });
  const reason = await new Promise<string>((resolve) => link.onExit(resolve));
  expect(reason).toMatch(/^the compute process ended \(code 1\)/);
});
