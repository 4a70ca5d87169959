import { expect, test } from "vitest";
import { LimitError, ModeScopeError } from "../../../base/errors.ts";
import { unpickle } from "./unpickle.ts";
import {
  PickleDict,
  PickleFloat,
  PickleList,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from "./values.ts";

const format = "pytorch";
const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const load = (bytes: number[] | string): PickleValue =>
  unpickle(Uint8Array.from(typeof bytes === "string" ? text(bytes) : bytes), { format }).value;
const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];

/** As Python would print it, enough to compare by eye. */
function show(value: PickleValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof PickleFloat) return `float ${value.value}`;
  if (value instanceof Uint8Array) return `b[${[...value]}]`;
  if (value instanceof PickleList) return `[${value.items.map(show)}]`;
  if (value instanceof PickleTuple) return `(${value.items.map(show)})`;
  if (value instanceof PickleSet) return `set(${[...value.items].map(show)})`;
  if (value instanceof PickleDict) return `{${[...value.entries].map(([k, v]) => `${show(k)}: ${show(v)}`)}}`;
  if (value instanceof PickleObject) return `${value.made} ${value.path}(${value.args.map(show)})`;
  return String(value);
}

test.each<[string, number[] | string, string]>([
  [
    "protocol 0 list",
    "(lp0\nI1\naI01\naF2.5\naVa\\u00e9\np1\naS'x\\x00\\n'\np2\naNa.",
    '[1,True,float 2.5,"aé","x\\u0000\\n",None]',
  ],
  ["protocol 0 dict", "(dp0\nVk\nL7L\ns.", '{"k": 7}'],
  ["protocol 1 tuple", [0x28, 0x4b, 1, 0x4d, 1, 1, 0x4a, 255, 255, 255, 255, 0x74, 0x2e], "(1,257,-1)"],
  ["LONG1 signed: -2**33", [0x8a, 5, 0, 0, 0, 0, 0xfe, 0x2e], "-8589934592"],
  [
    "LONG1 positive with the top bit padded: 2**63",
    [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0x2e],
    "9223372036854775808",
  ],
  ["LONG4 signed", [0x8b, 2, 0, 0, 0, 0, 0xff, 0x2e], "-256"],
  ["LONG1 of no bytes", [0x8a, 0, 0x2e], "0"],
  ["bytes and bytearray", [0x80, 5, 0x43, 1, 9, 0x96, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8, 0x86, 0x2e], "(b[9],b[7,8])"],
  [
    "set and frozenset",
    [0x80, 4, 0x8f, 0x28, 0x4b, 1, 0x4b, 1, 0x90, 0x28, 0x4b, 2, 0x91, 0x86, 0x2e],
    "(set(1),set(2))",
  ],
  ["memoize and get", [0x80, 4, 0x5d, 0x94, 0x4b, 3, 0x61, 0x68, 0, 0x86, 0x2e], "([3],[3])"],
  ["POP takes a mark", [0x4b, 1, 0x28, 0x30, 0x2e], "1"],
  ["dictionary with a number as key", [0x7d, 0x4b, 1, 0x4e, 0x73, 0x2e], "{1: None}"],
  ["OrderedDict", [...text("ccollections\nOrderedDict\n"), 0x29, 0x52, 0x4b, 1, 0x4b, 2, 0x73, 0x2e], "{1: 2}"],
  [
    "bytes of protocol 2",
    [...text("c_codecs\nencode\n"), 0x58, 2, 0, 0, 0, 0xc2, 0x80, 0x58, ...u32(6), ...text("latin1"), 0x86, 0x52, 0x2e],
    "b[128]",
  ],
  [
    "an unknown call stays a description",
    [...text("cposix\nsystem\n"), 0x58, ...u32(2), ...text("id"), 0x85, 0x52, 0x2e],
    'call posix.system("id")',
  ],
])("%s", (_name, bytes, expected) => {
  expect(show(load(bytes))).toBe(expected);
});

test("a key __proto__ is only a key", () => {
  const value = load([
    0x7d,
    0x8c,
    9,
    ...text("__proto__"),
    0x7d,
    0x8c,
    8,
    ...text("polluted"),
    0x88,
    0x73,
    0x73,
    0x2e,
  ]) as PickleDict;
  expect([...value.entries.keys()]).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("calls and classes outside the allow-list are reported apart", () => {
  const code = unpickle(Uint8Array.from([...text("cposix\nsystem\n"), 0x29, 0x52, 0x2e]), { format }).report;
  expect([...code.code]).toEqual(["posix.system"]);
  const user = unpickle(Uint8Array.from([0x80, 2, ...text("c__main__\nNet\n"), 0x29, 0x81, 0x2e]), { format }).report;
  expect([[...user.code], [...user.classes]]).toEqual([[], ["__main__.Net"]]);
  const called = unpickle(Uint8Array.from([...text("cmypackage\nsetup\n"), 0x29, 0x52, 0x2e]), { format }).report;
  expect([...called.code]).toEqual(["mypackage.setup"]);
  const viaResult = unpickle(Uint8Array.from([...text("cbuiltins\ngetattr\n"), 0x29, 0x52, 0x29, 0x52, 0x2e]), {
    format,
  }).report;
  expect([...viaResult.code]).toEqual(["builtins.getattr", "the result of builtins.getattr"]);
  const mentioned = unpickle(Uint8Array.from([...text("csubprocess\nPopen\n"), 0x2e]), { format }).report;
  expect([...mentioned.code]).toEqual(["subprocess.Popen"]);
  const through = unpickle(Uint8Array.from([...text("ctorch.serialization\nos.system\n"), 0x2e]), { format }).report;
  expect([...through.code]).toEqual(["torch.serialization.os.system"]);
  const allowed = unpickle(Uint8Array.from([...text("ctorch\nFloatStorage\n"), 0x2e]), { format }).report;
  expect([[...allowed.code], [...allowed.classes]]).toEqual([[], []]);
});

test.each<[string, number[]]>([
  ["empty", []],
  ["no STOP", [0x4e]],
  ["BINBYTES of 4 GiB in 8 bytes", [0x80, 3, 0x42, 0xff, 0xff, 0xff, 0xff, 0x2e]],
  ["BINSTRING of negative length", [0x54, 0xf9, 0xff, 0xff, 0xff, 0x2e]],
  ["LONG4 of negative length", [0x8b, 0xff, 0xff, 0xff, 0xff, 0x2e]],
  ["BINBYTES8 of 2^63", [0x8e, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x2e]],
  ["BYTEARRAY8 of 2^40", [0x96, 0, 0, 0, 0, 0, 1, 0, 0, 0x2e]],
  ["BINUNICODE8 too long", [0x8d, 9, 0, 0, 0, 0, 0, 0, 0, 0x2e]],
  ["FRAME beyond the end", [0x95, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0x4e, 0x2e]],
  ["memo slot never written", [0x68, 7, 0x2e]],
  ["pop below a mark", [0x4e, 0x28, 0x61, 0x2e]],
  ["mark missing", [0x74, 0x2e]],
  ["append to None", [0x4e, 0x4e, 0x61, 0x2e]],
  ["odd dict", [0x28, 0x4e, 0x64, 0x2e]],
  ["unknown opcode", [0xff, 0x2e]],
  ["protocol 9", [0x80, 9, 0x4e, 0x2e]],
  ["STACK_GLOBAL of numbers", [0x4b, 1, 0x4b, 1, 0x93, 0x2e]],
  ["out-of-band buffer", [0x97, 0x2e]],
  ["call of a number", [0x4b, 1, 0x29, 0x52, 0x2e]],
  ["a decimal that is none", text("Ixyz\n.")],
  ["a string without quotes", text("Sxyz\n.")],
])("damaged: %s", (_name, bytes) => {
  expect(() => load(bytes)).toThrow(expect.objectContaining({ code: "bad-format" }));
});

test("a depth of 200,000 is only a longer stack", () => {
  const depth = 200_000;
  const bytes = new Uint8Array(2 * depth + 2);
  bytes.fill(0x5d, 0, depth + 1);
  bytes.fill(0x61, depth + 1, 2 * depth + 1);
  bytes[2 * depth + 1] = 0x2e;
  let value = unpickle(bytes, { format }).value;
  let found = 0;
  for (; value instanceof PickleList && value.items.length > 0; found++) value = value.items[0]!;
  expect(found).toBe(depth);
});

test("repeating a conversion of one large text runs into the operations limit, not out of memory", () => {
  const size = 1 << 20;
  const head = [...text("c_codecs\nencode\n"), 0x71, 0, 0x30, 0x58, ...u32(size)];
  const bytes = [...head, ...new Array<number>(size).fill(65), 0x71, 1, 0x30];
  for (let i = 0; i < 100; i++) bytes.push(0x68, 0, 0x68, 1, 0x58, ...u32(6), ...text("latin1"), 0x86, 0x52, 0x30);
  expect(() => load([...bytes, 0x4e, 0x2e])).toThrow(LimitError);
});

test("long integers and long streams are refused", () => {
  expect(() => load(`L${"9".repeat(5000)}L\n.`)).toThrow(LimitError);
  expect(() => unpickle(new Uint8Array(100).fill(0x4e), { format, maxBytes: 50 })).toThrow(LimitError);
  expect(() => unpickle(new Uint8Array(100).fill(0x4e), { format, maxOperations: 50 })).toThrow(LimitError);
});

test("2000 mutations of a real pickle give values or typed errors", () => {
  const good = sample();
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  let refused = 0;
  for (let i = 0; i < 2000; i++) {
    const bytes = good.slice(0, random(10) === 0 ? random(good.length) : good.length);
    for (let k = 0; k <= random(4); k++) if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
    try {
      unpickle(bytes, { format });
    } catch (error) {
      expect(error).toBeInstanceOf(ModeScopeError);
      expect((error as ModeScopeError).code).not.toBe("internal");
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(500);
});

/** A state dict's pickle by hand: OrderedDict, tensors with storages, parameters, a nested dict and every kind of number. */
function sample(): Uint8Array {
  const unicode = (value: string): number[] => [0x58, ...u32(value.length), ...text(value)];
  const tensor = (name: string, key: string): number[] => [
    ...unicode(name),
    ...text("ctorch._utils\n_rebuild_tensor_v2\n"),
    ...[
      0x28,
      0x28,
      ...unicode("storage"),
      ...text("ctorch\nFloatStorage\n"),
      ...unicode(key),
      ...unicode("cpu"),
      0x4b,
      6,
      0x74,
      0x51,
    ],
    ...[
      0x4b,
      0,
      0x4b,
      2,
      0x4b,
      3,
      0x86,
      0x4b,
      3,
      0x4b,
      1,
      0x86,
      0x89,
      ...text("ccollections\nOrderedDict\n"),
      0x29,
      0x52,
      0x74,
      0x52,
    ],
  ];
  const body = [0, 1, 2, 3].flatMap((i) => tensor(`layer${i}.weight`, String(i)));
  const tail = [
    ...unicode("lr"),
    0x47,
    0x3f,
    0xb9,
    0x99,
    0x99,
    0x99,
    0x99,
    0x99,
    0x9a,
    ...unicode("n"),
    0x8a,
    3,
    1,
    2,
    3,
  ];
  return Uint8Array.from([
    0x80,
    2,
    ...text("ccollections\nOrderedDict\n"),
    0x71,
    0,
    0x29,
    0x52,
    0x71,
    1,
    0x28,
    ...body,
    ...tail,
    0x75,
    0x2e,
  ]);
}
