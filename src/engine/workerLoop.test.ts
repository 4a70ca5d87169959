import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { memorySource } from "../base/byteSource.ts";
import { safetensorsFile } from "../formats/_shared/safetensors.testkit.ts";
import type { Frame, Transport } from "../protocol/frames.ts";
import { Peer } from "../protocol/peer.ts";
import { withPendingWrites } from "./cache.ts";
import type { CacheStore, Hashing, Sources } from "./ports.ts";
import type { Task, TaskResult, WorkerEvents, WorkerHostMethods, WorkerMethods } from "./tasks.ts";
import { runWorker } from "./workerLoop.ts";

const URI = "file:///folder/model.safetensors";
const DATA_BYTES = 4 * 200 * 300;
const text = async (value: string) => createHash("sha256").update(value).digest("hex");
const native: Hashing = {
  text,
  stream() {
    const hash = createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  },
};

/** A worker in this thread, over a file whose reads are counted, and a cache in memory. */
function worker(hashing: Hashing, store = new Map<string, Uint8Array<ArrayBuffer>>()) {
  const file = safetensorsFile({ w: { dtype: "F32", shape: [200, 300], data_offsets: [0, DATA_BYTES] } }, DATA_BYTES);
  const dataStart = file.length - DATA_BYTES;
  const read = { dataBytes: 0 };
  const sources: Sources = {
    async open(uri) {
      const source = memorySource(file, uri, "1");
      return {
        ...source,
        read(offset, length, signal) {
          read.dataBytes += Math.max(0, offset + length - Math.max(offset, dataStart));
          return source.read(offset, length, signal);
        },
      };
    },
    sibling: () => Promise.reject(new Error("no sibling")),
    list: () => Promise.reject(new Error("no sibling")),
  };
  const listeners: ((frame: unknown) => void)[][] = [[], []];
  const end = (mine: number): Transport => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[1 - mine]?.forEach((hear) => void hear(frame))),
    onFrame: (listener) => void listeners[mine]?.push(listener),
    close() {},
  });
  const host = new Peer<WorkerMethods, WorkerEvents>(end(0), {
    "cache/get": ({ key }: WorkerHostMethods["cache/get"]["params"]) => store.get(key) ?? null,
    "cache/put": ({ key, bytes }: WorkerHostMethods["cache/put"]["params"]) => {
      store.set(key, bytes);
      return null;
    },
  });
  runWorker(end(1), () => sources, hashing);
  return {
    store,
    read,
    ask(analysis: string, valuesHash: string | null = null): Promise<TaskResult> {
      const task: Task = {
        uri: URI,
        version: "1",
        readings: [],
        analysis,
        target: { tensor: "w", part: null, tap: null },
        parameters: {},
        bytes: 0,
        retires: false,
        reference: null,
        valuesHash,
      };
      return host.request("task/run", { task, flag: null });
    },
  };
}

test("statistics of an unknown tensor read its values once, and bring their hash along", async () => {
  const one = worker(native);
  await one.ask("statistics");
  const header = one.read.dataBytes - DATA_BYTES;
  // The opening may look a little past the header; the values themselves are read a single time.
  expect(header).toBeLessThan(DATA_BYTES);
  const { valuesHash } = await one.ask("spectrum");
  expect(valuesHash).toMatch(/^[0-9a-f]{64}$/);
  expect(one.read.dataBytes).toBe(header + 2 * DATA_BYTES);
});

test("a hash that another worker found spares hashing, and finds the cached result", async () => {
  const first = worker(native);
  const { valuesHash } = await first.ask("statistics");
  await first.ask("spectrum");
  const second = worker(native, first.store);
  const { fromCache } = await second.ask("spectrum", valuesHash);
  expect(fromCache).toBe(true);
  expect(second.read.dataBytes).toBeLessThan(DATA_BYTES);
});

test("the host's own SHA-256 and ours name the same values", async () => {
  const [ours, hosts] = await Promise.all([worker({ text }).ask("statistics"), worker(native).ask("statistics")]);
  expect(ours.valuesHash).toBe(hosts.valuesHash);
  expect(ours.result).toEqual(hosts.result);
});

test("who asks for an entry that is being written waits for it", async () => {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  let finish = () => {};
  const slow: CacheStore = {
    description: "slow",
    get: async (key) => kept.get(key) ?? null,
    put: (key, bytes) =>
      new Promise((resolve) => {
        finish = () => {
          kept.set(key, bytes);
          resolve();
        };
      }),
    dispose() {},
  };
  const store = withPendingWrites(slow);
  const written = store.put("a", Uint8Array.of(1));
  const asked = store.get("a");
  expect(await store.get("b")).toBeNull();
  finish();
  await written;
  expect(await asked).toEqual(Uint8Array.of(1));
});
