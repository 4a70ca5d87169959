import { expect, test } from "vitest";
import { type ByteSource, memorySource } from "../base/byteSource.ts";
import { describeError, StaleSourceError, serializeError } from "../base/errors.ts";
import { safetensorsFile } from "../formats/_shared/safetensors.testkit.ts";
import type { Sources } from "./ports.ts";
import { openByUri } from "./session.ts";

const URI = "file:///run/model.safetensors";
const file = (size: number) =>
  safetensorsFile({ w: { dtype: "F32", shape: [size], data_offsets: [0, 4 * size] } }, 4 * size);

/** A file that a job replaces while it is read: every version but the last one is stale at its second read. */
function replaced(versions: readonly Uint8Array<ArrayBuffer>[]) {
  let opened = 0;
  let closed = 0;
  const none = () => Promise.reject(new Error("no other file is needed"));
  const sources: Sources = {
    async open(uri): Promise<ByteSource> {
      const index = Math.min(opened, versions.length - 1);
      opened++;
      const source = memorySource(versions[index] ?? new Uint8Array(0), uri, String(index));
      let reads = 0;
      return {
        ...source,
        read(offset, length, signal) {
          if (index < versions.length - 1 && ++reads > 1) throw new StaleSourceError(uri);
          return source.read(offset, length, signal);
        },
        async close() {
          closed++;
        },
      };
    },
    sibling: none,
    list: async () => ({ entries: [], complete: true }),
  };
  return { sources, counts: () => ({ opened, closed }) };
}

test("a file that is replaced while it is opened is opened anew, and is whole then", async () => {
  const { sources, counts } = replaced([file(3), file(7)]);
  const opened = await openByUri(sources, URI, []);
  expect(opened.tensors[0]?.shape).toEqual([7]);
  expect(opened.checkpoint.version).toBe("1");
  expect(counts()).toEqual({ opened: 2, closed: 1 });
});

test("one that never rests ends with that sentence, and nothing of it stays open", async () => {
  const { sources, counts } = replaced([file(1), file(2), file(3), file(4), file(5)]);
  const error = await openByUri(sources, URI, []).catch(serializeError);
  expect(error).toMatchObject({ code: "stale-source" });
  expect(counts()).toEqual({ opened: 3, closed: 3 });
});

test.each([1, 40, 60])("a file without its last %i bytes is said to be incomplete, and what to do", async (missing) => {
  const whole = file(20);
  const { sources, counts } = replaced([whole.slice(0, whole.length - missing)]);
  const error = await openByUri(sources, URI, []).catch(serializeError);
  expect(describeError(error as ReturnType<typeof serializeError>)).toMatch(
    /but the file has.*still writing it, wait/s,
  );
  expect(counts()).toEqual({ opened: 1, closed: 1 });
});
