import { message, type Part } from "../../formats/_shared/protobuf.testkit.ts";

/** ONNX's numbers for element types. */
const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

const floatBytes = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const tensor = (name: string, dims: readonly number[], type: number, bytes: Uint8Array): Part[] => [
  ...dims.map((length): Part => [1, length]),
  [2, type],
  [8, name],
  [9, bytes],
];
const initializer = (...made: Parameters<typeof tensor>): Part => [5, tensor(...made)];
const node = (op: string, inputs: readonly string[], outputs: readonly string[], ...attributes: Part[]): Part => [
  1,
  [...inputs.map((name): Part => [1, name]), ...outputs.map((name): Part => [2, name]), [4, op], ...attributes],
];
/** A value with its type; a size that is a word is left open. */
const value = (field: number, name: string, dims: readonly (number | string)[], type = FLOAT): Part => [
  field,
  [
    [1, name],
    [
      2,
      [
        [
          1,
          [
            [1, type],
            [2, dims.map((size): Part => [1, typeof size === "number" ? [[1, size]] : [[2, size]]])],
          ],
        ],
      ],
    ],
  ],
];
const model = (graph: readonly Part[]) =>
  message([
    [1, 8],
    [7, graph],
    [8, [[2, 17]]],
  ]);

/** y = k · relu(x W + b), W 2 × 3, with x of two numbers an item and k one number for all items. */
export function smallModel(): Uint8Array<ArrayBuffer> {
  return model([
    node("MatMul", ["x", "W"], ["h"]),
    node("Add", ["h", "b"], ["s"]),
    node("Relu", ["s"], ["r"]),
    node("Shape", ["x"], ["size"]),
    node("Mul", ["r", "k"], ["y"]),
    initializer("W", [2, 3], FLOAT, floatBytes([1, 0, -1, 0, 1, 2])),
    initializer("b", [3], FLOAT, floatBytes([0.5, 0, 0])),
    value(11, "x", ["items", 2]),
    value(11, "k", []),
    value(12, "y", ["items", 3]),
  ]);
}

/** y = relu(x W + b), the same weights without k. */
export function rectifier(): Uint8Array<ArrayBuffer> {
  return model([
    node("MatMul", ["x", "W"], ["h"]),
    node("Add", ["h", "b"], ["s"]),
    node("Relu", ["s"], ["y"]),
    initializer("W", [2, 3], FLOAT, floatBytes([1, 0, -1, 0, 1, 2])),
    initializer("b", [3], FLOAT, floatBytes([0.5, 0, 0])),
    value(11, "x", ["items", 2]),
    value(12, "y", ["items", 3]),
  ]);
}

/** The rectifier with its W in another file: 24 bytes there, from the start. */
export function externalModel(location: string): Uint8Array<ArrayBuffer> {
  const entry = (key: string, text: string): Part => [
    13,
    [
      [1, key],
      [2, text],
    ],
  ];
  return model([
    node("MatMul", ["x", "W"], ["h"]),
    node("Add", ["h", "b"], ["s"]),
    node("Relu", ["s"], ["y"]),
    [5, [[1, 2], [1, 3], [2, FLOAT], [8, "W"], entry("location", location), entry("length", "24"), [14, 1]]],
    initializer("b", [3], FLOAT, floatBytes([0.5, 0, 0])),
    value(11, "x", ["items", 2]),
    value(12, "y", ["items", 3]),
  ]);
}

/** The bytes of its W. */
export const externalWeights = (): Uint8Array => floatBytes([1, 0, -1, 0, 1, 2]);

/** A loop over x w that nothing ends. */
export function endlessModel(): Uint8Array<ArrayBuffer> {
  const body: Part[] = [
    node("Identity", ["go"], ["again"]),
    node("Identity", ["before"], ["after"]),
    [2, "body"],
    value(11, "turn", [], INT64),
    value(11, "go", [], BOOL),
    value(11, "before", ["items", 2]),
    value(12, "again", [], BOOL),
    value(12, "after", ["items", 2]),
  ];
  const attribute: Part = [
    5,
    [
      [1, "body"],
      [6, body],
      [20, 5],
    ],
  ];
  return model([
    node("MatMul", ["x", "w"], ["z"]),
    node("Loop", ["turns", "yes", "z"], ["y"], attribute),
    initializer("w", [2, 2], FLOAT, floatBytes([1, 0, 0, 1])),
    initializer("turns", [], INT64, new Uint8Array(BigInt64Array.of(2n ** 62n).buffer)),
    initializer("yes", [], BOOL, Uint8Array.of(1)),
    value(11, "x", ["items", 2]),
    value(12, "y", ["items", 2]),
  ]);
}

/** One item at a time: x W where its numbers sum to more than 0, else −x. */
export function branchingModel(): Uint8Array<ArrayBuffer> {
  const branch = (name: string, parts: readonly Part[], output: string): Part => [
    5,
    [
      [1, name],
      [6, [...parts, [2, name], value(12, output, [1, 2])]],
      [20, 5],
    ],
  ];
  const weights = initializer("W", [2, 2], FLOAT, floatBytes([1, 2, 3, 4]));
  return model([
    node(
      "ReduceSum",
      ["x"],
      ["sum"],
      [
        5,
        [
          [1, "keepdims"],
          [3, 0],
          [20, 2],
        ],
      ],
    ),
    node("Greater", ["sum", "zero"], ["positive"]),
    node(
      "If",
      ["positive"],
      ["y"],
      [3, "/way"],
      branch("then_branch", [node("MatMul", ["x", "W"], ["mixed"]), weights], "mixed"),
      branch("else_branch", [node("Neg", ["x"], ["turned"])], "turned"),
    ),
    initializer("zero", [], FLOAT, floatBytes([0])),
    value(11, "x", [1, 2]),
    value(12, "y", [1, 2]),
  ]);
}
