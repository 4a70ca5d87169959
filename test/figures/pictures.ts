import { learningCurve } from "../../src/numerics/learning/curves.ts";
import type { SimulatorResult } from "../../src/studies/simulator/types.ts";
import { courseChart } from "../../webview/charts/courseChart.ts";
import type { CourseData, CourseLine } from "../../webview/charts/courseData.ts";
import { pathChart } from "../../webview/charts/pathChart.ts";
import { itemPaths } from "../../webview/panels/simulator/readings.ts";
import { drawChart } from "./drawChart.ts";
import {
  canarySwims,
  coherenceAt,
  coherenceSamples,
  differentiation,
  figure3,
  figure3Random,
  projectionsByTheory,
  swimming,
  toyDeep,
  toyShallow,
  trainedToy,
} from "./learning.ts";

const WIDE = [760, 330] as const;
const ROOM = 1.06;

export interface Picture {
  /** Of the file in docs/images. */
  readonly name: string;
  draw(): Promise<string>;
}

/** Every picture of docs/learning-theory.md, drawn by the charts of the panels. */
export const PICTURES: readonly Picture[] = [
  {
    name: "learning-figure-3.svg",
    async draw() {
      const result = await figure3();
      return curves("Strength of the modes of six levels over training: theory and a trained network", {
        xTitle: "epoch",
        yTitle: "strength a(t)",
        lines: levelLines(result),
        verticals: result.groups.map(({ theoryHalfTime }, level) => ({
          x: theoryHalfTime!.value,
          label: `t½ ${level}`,
        })),
      });
    },
  },
  {
    name: "learning-random-start.svg",
    async draw() {
      return curves("The same from small random weights: modes compete and come a little later", {
        xTitle: "epoch",
        yTitle: "strength a(t)",
        lines: levelLines(await figure3Random()),
      });
    },
  },
  {
    name: "learning-deep-shallow.svg",
    async draw() {
      const [deep, shallow] = [await toyDeep(), await toyShallow()];
      const names = ["√7", "√3", "1, 1"];
      return curves("Part of each mode that is learned: sigmoids in a deep network, exponentials in a shallow one", {
        xTitle: "step",
        yTitle: "a(t)/s",
        lines: [
          ...deep.groups.flatMap((group, k) => bothLines(deep, group, k, `${names[k]} deep`, group.singularValue)),
          {
            label: "shallow",
            series: 3,
            x: shallow.times,
            y: Array.from(shallow.groups[0]!.trained!, (a) => a / shallow.groups[0]!.singularValue),
            form: "dashed",
            name: "shallow",
          },
        ],
      });
    },
  },
  {
    name: "learning-differentiation.svg",
    async draw() {
      const data = itemPaths(await differentiation(), "trained");
      if (data === null) throw new Error("the run places no items");
      return drawChart(
        "Eight items of a tree part from each other, broad branches first",
        [760, 420],
        (parent, theme) => pathChart(parent, theme, data),
      );
    },
  },
  {
    name: "learning-coherence.svg",
    async draw() {
      const x = Array.from({ length: 181 }, (_, k) => 0.2 * k * 0.25);
      const samples = coherenceSamples();
      return curves("How well the leading mode finds a category, against its coherence", {
        xTitle: "category coherence C",
        yTitle: "overlap² with the category's items",
        lines: [
          {
            label: "theory",
            series: 0,
            x,
            y: x.map((c) => coherenceAt(Math.sqrt((c * 400) / 4)).itemOverlap),
            form: "line",
            name: "theory",
          },
          {
            label: "tables",
            series: 1,
            x: samples.map(({ coherence }) => coherence),
            y: samples.map(({ overlap }) => overlap),
            form: "marks",
            name: "tables",
          },
        ],
        verticals: [{ x: 1, label: "C = 1" }],
      });
    },
  },
  {
    name: "learning-projection.svg",
    async draw() {
      const times = Array.from({ length: 101 }, (_, k) => 0.05 * k);
      const [theory, trained] = [projectionsByTheory(times), trainedToy(2, 5, 100)];
      const items = [
        ["Salmon", 1],
        ["Oak, Rose", 2],
      ] as const;
      return curves("A new property of the canary: what is believed of the others, over training", {
        xTitle: "t/τ",
        yTitle: "belief",
        lines: items.flatMap(([name, item], k): CourseLine[] => [
          { label: name, series: k, x: times, y: theory.map((one) => one.items[item]!), form: "line", name },
          {
            label: `${name}, trained`,
            series: k,
            x: trained.map(({ t }) => t),
            y: trained.map((one) => one.items[item]!),
            form: "marks",
          },
        ]),
      });
    },
  },
  {
    name: "learning-illusion.svg",
    async draw() {
      const { times, deep, shallow, found } = canarySwims(400);
      const trained = trainedToy(2, 8, 100);
      return curves("“A canary can swim”, believed for a while in a deep network", {
        xTitle: "t/τ",
        yTitle: "belief",
        lines: [
          { label: "deep", series: 0, x: times, y: deep, form: "line", name: "deep" },
          {
            label: "trained",
            series: 0,
            x: trained.map(({ t }) => t),
            y: trained.map(({ map }) => swimming(map)),
            form: "marks",
          },
          { label: "shallow", series: 1, x: times, y: shallow, form: "dashed" },
        ],
        verticals: found === undefined ? [] : [{ x: found.peakTime, label: "peak" }],
      });
    },
  },
  {
    name: "learning-depth.svg",
    async draw() {
      const times = Array.from({ length: 261 }, (_, k) => 0.1 * k);
      return curves("One mode of strength 1 from 0.001, with one to five weight matrices", {
        xTitle: "t/τ",
        yTitle: "strength u(t)",
        lines: [1, 2, 3, 4, 5].map((depth, k): CourseLine => {
          const course = learningCurve({ kind: "depth", depth }, { s: 1, start: 1e-3, tau: 1 });
          // Each course ends where it is learned, so that its name stands beside its rise.
          const x = times.filter((t, at) => at === 0 || course(times[at - 1]!) < 0.97 || t < 1);
          return { label: `${depth}`, series: k, x, y: x.map(course), form: "line", name: `D = ${depth}` };
        }),
      });
    },
  },
];

function curves(
  title: string,
  data: Pick<CourseData, "xTitle" | "yTitle" | "lines"> & Partial<Pick<CourseData, "verticals">>,
): string {
  const last = data.lines.reduce((most, { x }) => Math.max(most, x[x.length - 1] ?? 0), 0);
  // Drawn nowhere: room at the right for names of more than a letter.
  const room: CourseLine = { label: "", series: null, x: [ROOM * last], y: [Number.NaN], form: "dotted" };
  const whole = { verticals: [], levels: [], stops: [], read: () => "", summary: title, ...data };
  return drawChart(title, WIDE, (parent, theme) =>
    courseChart(parent, theme, { ...whole, lines: [...data.lines, room] }),
  );
}

/** Theory's line and the trained network's marks; at most forty of them. */
function bothLines(
  { times }: SimulatorResult,
  { theory, trained }: SimulatorResult["groups"][number],
  series: number,
  name: string,
  unit = 1,
): CourseLine[] {
  const at = Array.from(times, (_, k) => k).filter((k) => k % Math.ceil(times.length / 40) === 0);
  return [
    {
      label: `${name}, theory`,
      series,
      x: times,
      y: Array.from(theory ?? [], (a) => a / unit),
      form: "line",
      name,
    },
    {
      label: `${name}, trained`,
      series,
      x: at.map((k) => times[k]!),
      y: at.map((k) => trained![k]! / unit),
      form: "marks",
    },
  ];
}

const levelLines = (result: SimulatorResult) =>
  result.groups.flatMap((group, level) => bothLines(result, group, level, `level ${level}`));
