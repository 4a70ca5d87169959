// A reader that works from its first minute: eight bytes of mark, a count, that many float32. Replace the file's layout by the real one.

/** @param {{ id: string, camel: string, title: string }} names */
export function formatFiles({ id, camel, title }) {
  const mark = id.slice(0, 8).padEnd(8, ".");
  return {
    registry: {
      path: "src/formats/registry.ts",
      list: "FORMATS",
      entry: `${camel}Format`,
      from: `./${id}/index.ts`,
    },
    folder: `src/formats/${id}`,
    files: {
      "index.ts": `import { FormatError } from "../../base/errors.ts";
import { rangedCheckpoint } from "../_shared/rangedCheckpoint.ts";
import type { Checkpoint, Format } from "../types.ts";

/** The file's first bytes, in ASCII. */
const MARK = new TextEncoder().encode("${mark}");
const HEADER_BYTES = MARK.length + 4;
const ELEMENT_BYTES = 4;

export const ${camel}Format: Format = {
  manifest: { id: "${id}", title: "${title}", extensions: [".${id}"] },
  sniff: ({ head }) => MARK.every((byte, index) => head[index] === byte),
  async open(source, context): Promise<Checkpoint> {
    if (source.size < HEADER_BYTES) throw cutOff(\`The file has \${source.size} bytes; its header alone has \${HEADER_BYTES}.\`, "header");
    const header = await source.read(0, HEADER_BYTES, context.signal);
    const elements = new DataView(header.buffer, header.byteOffset, HEADER_BYTES).getUint32(MARK.length, true);
    const length = elements * ELEMENT_BYTES;
    if (HEADER_BYTES + length !== source.size)
      throw cutOff(\`The header claims \${elements} values, but \${source.size - HEADER_BYTES} bytes follow it.\`, "count");
    return rangedCheckpoint(
      {
        format: "${id}",
        framework: "unknown",
        tensors: [
          {
            name: "values",
            shape: [elements],
            dtype: "f32",
            elements,
            storedBytes: length,
            byteRange: { file: source.uri, offset: HEADER_BYTES, length },
          },
        ],
        metadata: {},
        findings: [],
        skipped: [],
      },
      new Map([[source.uri, source]]),
      HEADER_BYTES,
    );
  },
};

function cutOff(message: string, field: string): FormatError {
  return new FormatError(message, {
    format: "${id}",
    field,
    offset: field === "count" ? MARK.length : 0,
    remedy: "The file is damaged or incomplete: copy or save it again.",
  });
}
`,
      [`${camel}.test.ts`]: `import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { ${camel}Format } from "./index.ts";

const context = { sibling: () => Promise.reject(new Error("no sibling is needed")) };

/** A file built here: fixtures in code show what they hold. */
function file(count: number, values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + 4 * values.length);
  bytes.set(new TextEncoder().encode("${mark}"));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, count, true);
  for (const [index, value] of values.entries()) view.setFloat32(12 + 4 * index, value, true);
  return bytes;
}

test("reads its values, and only the header to open", async () => {
  const checkpoint = await ${camel}Format.open(memorySource(file(3, [1, -2, 0.5])), context);
  expect(checkpoint.bytesRead()).toBe(12);
  expect(checkpoint.tensors).toMatchObject([{ name: "values", shape: [3], dtype: "f32" }]);
  expect([...(await checkpoint.read("values", 1, 2))]).toEqual([-2, 0.5]);
});

test("knows its own mark and no other", () => {
  const head = file(0, []);
  expect(${camel}Format.sniff({ head, name: "a.${id}", size: head.length })).toBe(true);
  expect(${camel}Format.sniff({ head: new Uint8Array(12), name: "a.${id}", size: 12 })).toBe(false);
  expect(${camel}Format.sniff({ head: head.subarray(0, 4), name: "a.${id}", size: 4 })).toBe(false);
});

test.each([
  ["cut off in its header", file(0, []).slice(0, 9)],
  ["claims more than it has", file(1_000_000_000, [1])],
  ["has more than it claims", file(0, [1])],
])("a file that %s is a typed error with its place", async (_, bytes) => {
  await expect(${camel}Format.open(memorySource(bytes), context)).rejects.toMatchObject({
    code: "bad-format",
    details: { format: "${id}", offset: expect.any(Number), remedy: expect.any(String) },
  });
});
`,
      "README.md": `# ${title}

Reads files that end in \`.${id}\`.

| bytes | what                                     |
| ----- | ---------------------------------------- |
| 8     | the mark \`${mark}\`                       |
| 4     | number of values, unsigned, little-endian |
| 4 × n | the values, float32, little-endian       |

Becomes one tensor, \`values\`, of one axis. Opening reads the header only.

**Source** of the format: the table above; replace it by the format's own description, with its version and address.

**Limits.** The number of values must fit the file exactly; anything else is a damaged file.
`,
    },
    // The smallest whole file: the fuzzer's seed.
    fixture: {
      path: `test/fixtures/${id}/three.${id}`,
      bytes: Buffer.concat([
        Buffer.from(mark),
        Buffer.from(Uint32Array.of(3).buffer),
        Buffer.from(Float32Array.of(1, -2, 0.5).buffer),
      ]),
    },
    next: [
      `Replace the layout in src/formats/${id}/index.ts by the real one; the tests beside it build files in code.`,
      `Replace test/fixtures/${id} by small files from the format's own writer: npm run fuzz damages each of them.`,
      "package.json's editor globs follow the registry: `npm run manifest` was run for you.",
    ],
  };
}
