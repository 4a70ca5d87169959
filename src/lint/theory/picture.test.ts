import { expect, test } from "vitest";
import { PICTURE_THEMES } from "../types.ts";
import { phasePicture } from "./picture.ts";

const point = (activation: string, weight: number, bias: number) => ({
  activation,
  weight,
  bias,
  chiOne: 1,
  phase: "ordered" as const,
  xiC: 3,
});
const dot = (svg: string) =>
  ["cx", "cy"].map((name) => Number(new RegExp(`<circle[^>]*${name}="([\\d.]+)"`).exec(svg)?.[1]));
const line = (svg: string) =>
  (/<path d="M([^"]+)" fill="none"/.exec(svg)?.[1] ?? "").split(" L").map((pair) => pair.split(",").map(Number));

test("a layer on the critical line lies on the drawn line, in every theme", () => {
  for (const theme of PICTURE_THEMES) {
    const svg = phasePicture(point("tanh", 1.76095464, 0.05), theme);
    const [x = 0, y = 0] = dot(svg);
    const near = line(svg).flatMap(([ax = 0, ay = 0], index, all) => {
      const [bx = ax, by = ay] = all[index + 1] ?? [];
      const share = by === ay ? 0 : (y - ay) / (by - ay);
      return share >= 0 && share <= 1 ? [Math.abs(ax + share * (bx - ax) - x)] : [];
    });
    expect(Math.min(...near)).toBeLessThan(1.5);
  }
});

test("one below it lies to its left; activations without a line, and unknown ones, are drawn without", () => {
  const svg = phasePicture(point("relu", 1 / 3, 0), "dark");
  expect(dot(svg)[0]).toBeLessThan(line(svg)[0]?.[0] ?? 0);
  expect(phasePicture(point("softplus", 1, 0), "light")).not.toContain('fill="none"');
  expect(phasePicture(point("<script>", 1, 0), "light")).not.toContain("<script>");
});
