import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { describeError, serializeError } from "../../base/errors.ts";
import { countingSource, noSiblings, openBytes } from "../_shared/fixtures.testkit.ts";
import { message, type Part } from "../_shared/protobuf.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import type { OpenContext } from "../types.ts";
import { onnxFormat } from "./index.ts";

const FLOAT = 1;
const INT64 = 7;
const floats = (count: number) => new Uint8Array(count * 4).fill(0x3f);
const tensor = (name: string, dims: readonly number[], ...more: readonly Part[]): readonly Part[] => [
  ...dims.map((length): Part => [1, length]),
  [2, FLOAT],
  [8, name],
  ...more,
];
const model = (graph: readonly Part[], ...more: readonly Part[]) => message([[1, 10], [7, graph], ...more]);
const initializers = (...list: readonly (readonly Part[])[]) => model(list.map((one): Part => [5, one]));
const good = tensor("good", [2], [9, floats(2)]);
const failure = (bytes: Uint8Array<ArrayBuffer>) =>
  openBytes(onnxFormat, bytes).then(
    () => null,
    (error: unknown) => serializeError(error),
  );

/** An If whose branch holds an If, and so on. */
function nested(depth: number): Uint8Array {
  let graph: Uint8Array = message([[5, good]]);
  for (let i = 0; i < depth; i++)
    graph = message([
      [
        1,
        [
          [4, "If"],
          [
            5,
            [
              [1, "then_branch"],
              [6, graph],
            ],
          ],
        ],
      ],
    ]);
  return graph;
}

const refused: Record<string, [Uint8Array<ArrayBuffer>, RegExp]> = {
  "no graph": [message([[1, 10]]), /has no graph/],
  "a length beyond the file": [Uint8Array.of(8, 10, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3, 4), /behind the end/],
  "a length beyond its message": [
    message([
      [1, 10],
      [7, Uint8Array.of(0x2a, 100, 1, 2)],
      [14, "a"],
      [6, "x".repeat(200)],
    ]),
    /behind the end/,
  ],
  "a number without end": [Uint8Array.of(8, ...new Array(12).fill(0xff), 1), /more than ten bytes/],
  "a group": [Uint8Array.of(8, 10, 0x3b, 1, 2), /wire type 3/],
  "a tag of field zero": [Uint8Array.of(8, 10, 0x02, 0), /tag is not valid/],
};

test.each(Object.entries(refused))("%s is refused with field and offset", async (_, [bytes, text]) => {
  const error = await failure(bytes);
  expect(error).toMatchObject({ code: "bad-format", details: { format: "onnx", remedy: expect.any(String) } });
  expect(error?.details.offset).toBeDefined();
  expect(describeError(error!)).toMatch(text);
});

test("bodies nested 60 deep open, 1,000 deep do not", async () => {
  const deep = await openBytes(
    onnxFormat,
    message([
      [1, 10],
      [7, nested(60)],
    ]),
  );
  expect(deep.tensors[0]?.name).toMatch(/^If_0\/then_branch\/(If_0\/then_branch\/){59}good$/);
  expect(
    await failure(
      message([
        [1, 10],
        [7, nested(1000)],
      ]),
    ),
  ).toMatchObject({ code: "limit-exceeded" });
});

test("a damaged tensor costs that tensor, not the file", async () => {
  const packed = (values: number) => new Uint8Array(values).fill(1);
  const checkpoint = await openBytes(
    onnxFormat,
    initializers(
      good,
      tensor("short", [9], [9, floats(2)]),
      tensor("overflow", [2 ** 40, 2 ** 40], [9, floats(2)]),
      tensor("negative", [-1, -2], [9, floats(2)]),
      tensor("deep", new Array(65).fill(1), [9, floats(1)]),
      tensor("bare", [2]),
      tensor("two fields", [2], [4, floats(1)], [10, floats(2)]),
      tensor("wrong field", [2], [10, floats(2)]),
      [
        [1, 2],
        [2, 77],
        [8, "unknown"],
        [9, floats(2)],
      ],
      [
        [1, 9],
        [2, INT64],
        [8, "few numbers"],
        [7, packed(3)],
      ],
      tensor("", [2], [9, floats(2)]),
      tensor("good", [2], [9, floats(2)]),
      tensor("segment", [2], [3, [[1, 0]]], [9, floats(2)]),
    ),
  );
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good"]);
  const reasons = checkpoint.skipped.map(({ name, reason }) => `${name}: ${reason}`).join("\n");
  for (const text of [
    /short: .*needs 36 bytes, but it has 8/,
    /overflow: .*too many elements/,
    /negative: .*no list of sizes/,
    /deep: it has 65 axes/,
    /bare: it has no values/,
    /two fields: .*two fields at once/,
    /wrong field: .*field 10, but f32 belongs in 4/,
    /unknown: .*number 77/,
    /few numbers: its 9 elements do not fit the 3 bytes/,
    /: it has no name/,
    /good: another tensor has the same name/,
    /segment: .*segments/,
  ])
    expect(reasons).toMatch(text);
});

test("a path of names that grows too long costs its tensor", async () => {
  const name = "n".repeat(4000);
  const body: readonly Part[] = [[5, tensor(name, [2], [9, floats(2)])]];
  const checkpoint = await openBytes(
    onnxFormat,
    model([
      [
        1,
        [
          [3, name],
          [4, "If"],
          [
            5,
            [
              [1, "then_branch"],
              [6, body],
            ],
          ],
        ],
      ],
      [5, good],
    ]),
  );
  expect(checkpoint.tensors.map((one) => one.name)).toEqual(["good"]);
  expect(checkpoint.skipped).toEqual([
    { name: expect.stringMatching(/^n{200}…$/), reason: expect.stringMatching(/its name has 8013 characters/) },
  ]);
});

test("numbers that run out, or never end, are an error of their tensor when they are read", async () => {
  const numbers = (bytes: number[]): readonly Part[] => [
    [1, 100],
    [2, INT64],
    [8, "n"],
    [7, Uint8Array.from(bytes)],
  ];
  const unfinished = await openBytes(onnxFormat, initializers(numbers(new Array(150).fill(0x81))));
  await expect(unfinished.read("n", 0, 100)).rejects.toMatchObject({ code: "bad-format", details: { tensor: "n" } });
});

test("indices outside a sparse tensor are an error of that tensor", async () => {
  const sparse: readonly Part[] = [
    [1, tensor("s", [1], [9, floats(1)])],
    [
      2,
      [
        [1, 1],
        [2, INT64],
        [9, Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0)],
      ],
    ],
    [3, 4],
  ];
  const checkpoint = await openBytes(onnxFormat, model([[15, sparse]]));
  await expect(checkpoint.read("s", 0, 4)).rejects.toMatchObject({ code: "bad-format", details: { tensor: "s" } });
});

test.each([
  ["../secret.bin", "0"],
  ["/etc/passwd", "0"],
  ["C:\\windows\\x", "0"],
  ["weights.bin", "-4"],
  ["weights.bin", "1e3"],
  ["weights.bin", "99999999999999999999"],
  ["weights.bin", "4"],
])("external data in %s at %s are not read", async (location, offset) => {
  const entry = (key: string, value: string): Part => [
    13,
    [
      [1, key],
      [2, value],
    ],
  ];
  const asked: string[] = [];
  const context: OpenContext = {
    sibling: async (name) => {
      asked.push(name);
      // What the hosts' own resolvers do with a name that leaves the folder.
      if (name !== "weights.bin") throw new Error("would leave its folder");
      return memorySource(new Uint8Array(8), name);
    },
  };
  const bytes = initializers(tensor("w", [2], [14, 1], entry("location", location), entry("offset", offset)), good);
  const checkpoint = await onnxFormat.open(memorySource(bytes), context);
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good"]);
  expect(checkpoint.skipped[0]?.reason).toMatch(/would leave its folder|whole numbers|which has 8/);
  expect(asked).toEqual([location]);
});

test("functions that call each other, or themselves, end", async () => {
  const call = (name: string): Part => [
    7,
    [
      [1, "x"],
      [2, "y"],
      [4, name],
      [7, "own"],
    ],
  ];
  const functions = Array.from(
    { length: 30 },
    (_, i): Part => [25, [[1, `F${i}`], [4, "x"], [10, "own"], call(`F${i + 1}`), call(`F${i + 1}`), call(`F${i}`)]],
  );
  const checkpoint = await openBytes(
    onnxFormat,
    model(
      [
        [
          1,
          [
            [1, "good"],
            [4, "F0"],
            [7, "own"],
          ],
        ],
        [5, good],
      ],
      ...functions,
    ),
  );
  expect(describeTensors(checkpoint)).toHaveLength(1);
});

test("names of JavaScript's own are names", async () => {
  const node: readonly Part[] = [
    [1, "__proto__"],
    [2, "constructor"],
    [3, "__proto__"],
    [4, "__proto__"],
    [
      5,
      [
        [1, "__proto__"],
        [3, 5],
      ],
    ],
  ];
  const checkpoint = await openBytes(
    onnxFormat,
    model([
      [1, node],
      [5, tensor("__proto__", [2], [9, floats(2)])],
    ]),
  );
  expect(await checkpoint.read("__proto__", 0, 2)).toHaveLength(2);
  expect(Object.entries(checkpoint.graph?.nodes[0]?.attributes ?? {})).toEqual([["__proto__", 5]]);
});

test("a model of 400 MB opens by reading some hundred kilobytes", async () => {
  const count = 100;
  const each = 4 * 1024 * 1024;
  // Built as pieces: head of a tensor, its data (never touched), the next head …
  const heads = Array.from({ length: count }, (_, i) => {
    const body = message([...tensor(`layer.${i}.weight`, [1024, 1024])]);
    const length = message([[5, new Uint8Array(0)]]).length;
    return { body, length };
  });
  const rawHead = Uint8Array.of(0x4a, ...varint(each));
  const inner = heads.map(({ body }) => body.length + rawHead.length + each);
  const tags = inner.map((length) => Uint8Array.of(0x2a, ...varint(length)));
  const graphLength = inner.reduce((sum, length, i) => sum + length + tags[i]!.length, 0);
  const front = Uint8Array.of(8, 10, 0x3a, ...varint(graphLength));
  const pieces: { at: number; bytes: Uint8Array }[] = [{ at: 0, bytes: front }];
  let at = front.length;
  heads.forEach(({ body }, i) => {
    pieces.push({ at, bytes: Uint8Array.of(...tags[i]!, ...body, ...rawHead) });
    at += tags[i]!.length + inner[i]!;
  });
  const { source } = countingSource(new Uint8Array(), "file:///folder/large.onnx");
  let read = 0;
  const sparse = {
    ...source,
    size: at,
    async read(offset: number, length: number) {
      read += length;
      const out = new Uint8Array(length);
      for (const piece of pieces) {
        const from = Math.max(offset, piece.at);
        const to = Math.min(offset + length, piece.at + piece.bytes.length);
        if (from < to) out.set(piece.bytes.subarray(from - piece.at, to - piece.at), from - offset);
      }
      return out;
    },
  };
  const checkpoint = await onnxFormat.open(sparse, noSiblings);
  expect(checkpoint.tensors).toHaveLength(count);
  expect(checkpoint.tensors[99]?.byteRange?.length).toBe(each);
  expect(read).toBeLessThan(400_000);
});

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}
