import { expect, test } from "vitest";
import { ModeScopeError } from "../base/errors.ts";
import type { Frame, Transport } from "./frames.ts";
import { Peer } from "./peer.ts";

interface Methods {
  add: { params: { a: number; b: number }; result: number };
  wait: { params: Record<string, never>; result: null };
  fail: { params: Record<string, never>; result: null };
}

function pair(): [Transport, Transport, Frame[]] {
  const listeners: ((frame: unknown) => void)[][] = [[], []];
  const sent: Frame[] = [];
  const end = (mine: number, other: number): Transport => ({
    send(frame) {
      sent.push(frame);
      queueMicrotask(() => {
        for (const listener of listeners[other] ?? []) listener(structuredClone(frame));
      });
    },
    onFrame: (listener) => void listeners[mine]?.push(listener),
    close() {},
  });
  return [end(0, 1), end(1, 0), sent];
}

function connected() {
  const [near, far, sent] = pair();
  let seen: AbortSignal | undefined;
  new Peer(far, {
    add: ({ a, b }: { a: number; b: number }) => a + b,
    wait: (_params: unknown, signal: AbortSignal) => {
      seen = signal;
      return new Promise(() => {});
    },
    fail: () => {
      throw new ModeScopeError("bad-format", "Broken.", { tensor: "w", offset: 12 });
    },
  });
  return { peer: new Peer<Methods, { news: number }>(near), far, sent, signalSeen: () => seen };
}

test("a request ends with its result", async () => {
  expect(await connected().peer.request("add", { a: 2, b: 3 })).toBe(5);
});

test("a failure keeps its code and details", async () => {
  await expect(connected().peer.request("fail", {})).rejects.toMatchObject({
    code: "bad-format",
    details: { tensor: "w", offset: 12 },
  });
});

test("an unknown method is refused, also one of Object.prototype", async () => {
  const { peer } = connected();
  await expect(peer.requestUntyped("toString", {})).rejects.toMatchObject({ code: "bad-request" });
});

test("cancelling ends the request at once and reaches the handler", async () => {
  const { peer, signalSeen } = connected();
  const controller = new AbortController();
  const pending = peer.request("wait", {}, controller.signal);
  await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort();
  await expect(pending).rejects.toMatchObject({ code: "cancelled" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(signalSeen()?.aborted).toBe(true);
});

test("dispose rejects what is pending, and later requests", async () => {
  const { peer } = connected();
  const pending = peer.request("wait", {});
  peer.dispose();
  await expect(pending).rejects.toMatchObject({ code: "worker-lost" });
  await expect(peer.request("add", { a: 1, b: 1 })).rejects.toMatchObject({ code: "worker-lost" });
});

test("what is no frame is ignored", async () => {
  const { peer, far } = connected();
  for (const junk of [null, 1, "req", {}, { kind: "res", id: "1" }, { kind: "req", id: 1.5, method: "add" }, []])
    far.send(junk as Frame);
  expect(await peer.request("add", { a: 1, b: 1 })).toBe(2);
});

test("events reach their listeners until these are disposed", async () => {
  const { peer, far } = connected();
  const heard: number[] = [];
  const subscription = peer.on("news", (data) => heard.push(data));
  far.send({ kind: "evt", event: "news", data: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  subscription.dispose();
  far.send({ kind: "evt", event: "news", data: 2 });
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(heard).toEqual([1]);
});
