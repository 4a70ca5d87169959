import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine } from "../../src/platform/node/index.ts";
import type { EngineEvents, EngineMethods } from "../../src/protocol/contract.ts";
import { Peer } from "../../src/protocol/peer.ts";
import { endlessModel, smallModel } from "../../src/studies/activations/smallModel.testkit.ts";
import type { ActivationsResult } from "../../src/studies/activations/types.ts";
import { buildBundles } from "./bundles.testkit.ts";
import { until } from "./engine.testkit.ts";

let bundles: Awaited<ReturnType<typeof buildBundles>>;
let folder: string;
beforeAll(async () => {
  bundles = await buildBundles();
  folder = await mkdtemp(join(tmpdir(), "modescope-onnx-"));
  await writeFile(join(folder, "small.onnx"), smallModel());
  await writeFile(join(folder, "endless.onnx"), endlessModel());
  await writeFile(join(folder, "items.csv"), "1,2\n3,4\n");
});
afterAll(async () => {
  await bundles.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

test("a model that never ends is ended by a cancel, and the next one runs in a new worker", async () => {
  const link = await startEngine({
    bundles: bundles.folder,
    cacheFolder: join(folder, "cache"),
    cacheBytes: 2 ** 20,
    workers: 1,
  });
  const peer = new Peer<EngineMethods, EngineEvents>(link.transport);
  const start = (model: string) =>
    peer.request("study/start", {
      study: "activations",
      files: [
        { role: "model", uri: pathToFileURL(join(folder, model)).href },
        { role: "stimuli", uri: pathToFileURL(join(folder, "items.csv")).href },
      ],
      parameters: { layers: "y", fill: { k: 1 } },
    });
  const stateOf = async (run: string) => peer.request("study/snapshot", { run, since: 0 });
  try {
    const endless = await start("endless.onnx");
    await new Promise((done) => setTimeout(done, 1500));
    expect(await stateOf(endless.run)).toMatchObject({ state: "running", error: null });
    await peer.request("study/cancel", endless);
    expect((await stateOf(endless.run)).state).toBe("cancelled");
    const small = await start("small.onnx");
    await until("the small model has run", async () => (await stateOf(small.run)).state !== "running");
    const { state, result, error } = await stateOf(small.run);
    expect([state, error]).toEqual(["finished", null]);
    expect((result as ActivationsResult).layers).toEqual([{ name: "y", op: "Mul", shape: [3], features: 3 }]);
  } finally {
    peer.dispose();
    link.dispose();
  }
});
