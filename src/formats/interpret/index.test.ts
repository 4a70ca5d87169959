import { expect, test } from "vitest";
import { describeTensors } from "./index.ts";
import { checkpointOf, type Shapes } from "./interpret.testkit.ts";

test("keeps order and facts, and says for every tensor why", () => {
  const checkpoint = checkpointOf({ "b.weight": [2, 3], a: [], "b.bias": [2] }, "unknown");
  const described = describeTensors(checkpoint);
  expect(described.map(({ name }) => name)).toEqual(["b.weight", "a", "b.bias"]);
  described.forEach((tensor, index) => {
    expect(tensor).toMatchObject(checkpoint.tensors[index]!);
    expect(tensor.evidence.length).toBeGreaterThan(3);
  });
});

test("parts cover their axis and matrices cover their tensor", () => {
  const shapes: Shapes = {
    "l.weight_ih_l0": [128, 10],
    "l.weight_hh_l0": [128, 32],
    "c.weight": [8, 4, 3, 3],
    "attn.in_proj_weight": [96, 32],
  };
  for (const { parts, matrix, shape, elements } of describeTensors(checkpointOf(shapes))) {
    expect((matrix?.rows ?? 0) * (matrix?.columns ?? 0)).toBe(elements);
    const covered = parts.reduce((end, part) => (part.start === end ? end + part.length : Number.NaN), 0);
    if (parts.length > 0) expect(covered).toBe(shape[parts[0]!.axis]);
  }
});

test("hostile names are read, not run: prototype words, empty names, long ones", () => {
  const names = ["__proto__", "constructor", "", ".", "/", "weight.", `${"a.".repeat(2000)}weight`, "toString.weight"];
  const shapes: Shapes = Object.fromEntries(names.filter((name) => name !== "__proto__").map((name) => [name, [2, 2]]));
  expect(describeTensors(checkpointOf(shapes))).toHaveLength(names.length - 1);
});

// A quadratic step would run into the time-out; how long it took is printed and decides nothing.
test("100,000 tensors are described in one pass", () => {
  const shapes: Record<string, readonly number[]> = {};
  for (let layer = 0; layer < 12_500; layer++) {
    const prefix = `model.layers.${layer}`;
    for (const projection of ["q", "k", "v", "o"]) shapes[`${prefix}.self_attn.${projection}_proj.weight`] = [64, 64];
    shapes[`${prefix}.mlp.up.weight`] = [256, 64];
    shapes[`${prefix}.mlp.up.bias`] = [256];
    shapes[`${prefix}.input_layernorm.weight`] = [64];
    shapes[`${prefix}.attn.in_proj_weight`] = [192, 64];
  }
  const checkpoint = checkpointOf(shapes);
  const start = performance.now();
  expect(describeTensors(checkpoint)).toHaveLength(100_000);
  const elapsed = performance.now() - start;
  console.info(`100,000 tensors described in ${elapsed.toFixed(0)} ms`);
});
