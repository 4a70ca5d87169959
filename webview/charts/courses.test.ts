// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { courseChart } from "./courseChart.ts";
import { type CourseData, nearestStop, numbersOf, rangeOf, valueAt } from "./courseData.ts";
import { equalScales, pathChart } from "./pathChart.ts";
import type { ChartTheme } from "./theme.ts";

const THEME: ChartTheme = {
  kind: "dark",
  color: (_, fallback = "#fff") => fallback,
  onChange: () => ({ dispose() {} }),
};
const DATA: CourseData = {
  xTitle: "step",
  yTitle: "strength",
  lines: [
    { label: "mode 1", series: 0, x: [0, 10, 20], y: [0, 1, 2], form: "marks", name: "1" },
    { label: "theory of mode 1", series: 0, x: [0, 20], y: [0, 2], form: "dashed" },
  ],
  verticals: [{ x: 10, label: "t½" }],
  levels: [{ y: 2.5, label: "σ" }],
  stops: [0, 10, 20],
  read: (stop) => `stop ${stop}`,
  summary: "One mode rises.",
};

afterEach(() => document.body.replaceChildren());

test("ranges hold everything finite, levels included; logarithms only what is positive", () => {
  expect(rangeOf(numbersOf(DATA, "y"), false)).toEqual({ low: 0, high: 2.5 });
  expect(rangeOf([0, -1, Number.NaN, 0.01, 5, Number.POSITIVE_INFINITY], true)).toEqual({ low: 0.01, high: 5 });
  expect(rangeOf([], false)).toEqual({ low: 0, high: 1 });
});

test("the cursor stops at what was measured, lines are read between their points", () => {
  expect(nearestStop([0, 10, 20], 14)).toBe(1);
  expect(nearestStop([], 14)).toBeNull();
  expect(valueAt({ x: [0, 10], y: [0, 4] }, 5)).toBe(2);
  expect(valueAt({ x: [0, 10], y: [0, 4] }, 11)).toBeNaN();
});

test("a chart says what it shows, reads by keys, and has a table of what was measured", () => {
  const chart = courseChart(document.body, THEME, DATA);
  const canvas = document.querySelector("canvas.ms-plot")!;
  expect(canvas.getAttribute("aria-label")).toContain("One mode rises.");
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
  expect(document.querySelector("output")?.textContent).toBe("stop 2");
  expect([...document.querySelectorAll(".ms-legend li")].map((item) => item.textContent)).toEqual([
    "mode 1",
    "theory of mode 1",
  ]);
  const details = document.querySelector("details")!;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  expect([...document.querySelectorAll("thead th")].map((cell) => cell.textContent)).toEqual(["step", "mode 1"]);
  expect(document.querySelectorAll("tbody tr")).toHaveLength(3);
  chart.dispose();
  expect(document.querySelector("figure")).toBeNull();
});

test("paths: equal units on both axes, names read by keys, places between two moments", () => {
  const data = {
    names: ["a", "b"],
    series: [0, 1],
    moments: [0, 100],
    points: [0, 0, 0, 0, 4, 0, 0, 2],
    axes: 2,
    titles: ["axis 1", "axis 2"],
    summary: "Two items part.",
  };
  const { x, y } = equalScales(data, [0, 1], { left: 0, right: 300, top: 0, bottom: 100 });
  expect((x.toPixel(1) - x.toPixel(0)) / (y.toPixel(0) - y.toPixel(1))).toBeCloseTo(1, 10);
  const chart = pathChart(document.body, THEME, data);
  chart.setMoment(0.5);
  const canvas = document.querySelector("canvas.ms-plot")!;
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  expect(document.querySelector("output")?.textContent).toBe("a: 2, 0");
  chart.setAxes(1, 0);
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
  expect(document.querySelector("output")?.textContent).toBe("b: 1, 0");
  chart.dispose();
});
