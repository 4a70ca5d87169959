import { decompress } from "fzstd";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import { crc32c } from "../_shared/crc32c.ts";
import { fixtureBytes, folderContext } from "../_shared/fixtures.testkit.ts";
import { orbaxFormat } from "./index.ts";

/** Damage under a right checksum: what plain mutations never reach. A manifest or node is unpacked, changed, and sealed again, uncompressed. */
function resealed(bytes: Uint8Array, change: (body: Uint8Array) => void): Uint8Array<ArrayBuffer> {
  const packed = bytes[13] === 1;
  const inner = bytes.subarray(14, bytes.length - 4);
  const body = packed ? decompress(inner) : inner.slice();
  change(body);
  const out = new Uint8Array(14 + body.length + 4);
  out.set(bytes.subarray(0, 12));
  out.set(body, 14);
  const view = new DataView(out.buffer);
  view.setBigUint64(4, BigInt(out.length), true);
  view.setUint32(out.length - 4, crc32c(out.subarray(0, out.length - 4)), true);
  return out;
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test("a manifest resealed without a change opens as before", async () => {
  const checkpoint = await orbaxFormat.open(
    memorySource(resealed(fixtureBytes("orbax/ocdbt/manifest.ocdbt"), () => undefined)),
    folderContext("orbax/ocdbt"),
  );
  expect(checkpoint.tensors.length).toBeGreaterThan(5);
});

test("manifests and nodes that were changed under a right checksum end in typed errors, or cost what hangs on them", async () => {
  const manifest = fixtureBytes("orbax/ocdbt/manifest.ocdbt");
  const context = folderContext("orbax/ocdbt");
  const next = numbers(7);
  const change = (body: Uint8Array) => {
    for (let k = 0; k <= next(3); k++)
      body[next(body.length)] = next(2) === 0 ? ([0, 1, 127, 128, 255][next(5)] ?? 0) : next(256);
  };
  let refused = 0;
  let nodes = 0;
  for (let i = 0; i < 200; i++) {
    const inNode = i % 2 === 0;
    const changedContext = {
      ...context,
      async sibling(name: string) {
        const source = await context.sibling(name);
        if (!inNode) return source;
        return {
          ...source,
          async read(offset: number, length: number) {
            const bytes = await source.read(offset, length);
            const node =
              bytes.length > 18 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) === 0x0cdb20de;
            if (node) nodes += 1;
            return node ? resealed(bytes, change) : bytes;
          },
        };
      },
    };
    const source = memorySource(inNode ? manifest : resealed(manifest, change));
    const opened = await orbaxFormat.open(source, changedContext).catch((error: unknown) => serializeError(error));
    if ("code" in opened) {
      expect(opened.code).not.toBe("internal");
      refused += 1;
      continue;
    }
    for (const { name, elements } of opened.tensors)
      await opened
        .read(name, 0, Math.min(elements, 100))
        .catch((error: unknown) => expect(serializeError(error).code).not.toBe("internal"));
  }
  expect(refused).toBeGreaterThan(60);
  expect(nodes).toBe(100);
});
