import { counted } from "../../../src/base/counted.ts";
import type { SimulatedGroup, SimulatorResult } from "../../../src/studies/simulator/types.ts";
import type { CourseData, CourseLine } from "../../charts/courseData.ts";
import type { PathData } from "../../charts/pathChart.ts";
import { formatNumber } from "../../shell/format.ts";

/** Marks of the trained network along a course: more would hide theory's line. */
const MARKS = 34;

/** "Level 2 (modes 3–4)", "modes 3–4". */
function groupName({ level, ranks }: SimulatedGroup): string {
  const modes = `mode${ranks.length === 1 ? "" : "s"} ${rankText(ranks)}`;
  return level === null ? modes : `Level ${level} (${modes})`;
}

/** Ranks as people count; ranges where they follow one another. */
function rankText(ranks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const rank of [...ranks].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === rank - 1) last[1] = rank;
    else runs.push([rank, rank]);
  }
  return runs.map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}–${to + 1}`)).join(", ");
}

/** Which looks get a mark: evenly, the first and the last among them. */
function marksOf(looks: number): readonly number[] {
  const count = Math.min(MARKS, looks);
  return Array.from({ length: count }, (_, k) => Math.round((k * (looks - 1)) / Math.max(1, count - 1)));
}

const pick = (values: ArrayLike<number>, at: readonly number[]) => at.map((k) => values[k] ?? Number.NaN);

/** Groups drawn: of many equal ones the strongest tell the story, and the table has all. */
export const MOST_DRAWN = 12;

export function strengthCourses(result: SimulatorResult, relative: boolean): CourseData {
  const { times, steps } = result;
  const groups = result.groups.slice(0, MOST_DRAWN);
  const at = marksOf(times.length);
  const stops = pick(times, at);
  const scaled = (group: SimulatedGroup, values: ArrayLike<number>) =>
    relative ? Array.from(values, (value) => value / group.singularValue) : values;
  const lines = groups.flatMap((group, k): CourseLine[] => {
    const name = group.level === null ? rankText(group.ranks) : `${group.level}`;
    const theory: CourseLine[] =
      group.theory === null
        ? []
        : [
            {
              label: `${groupName(group)}, theory`,
              series: k,
              x: times,
              y: scaled(group, group.theory),
              form: "line",
              name,
            },
          ];
    if (group.trained === null) return theory;
    return [
      ...theory,
      {
        label: `${groupName(group)}, trained`,
        series: k,
        x: stops,
        y: pick(scaled(group, group.trained), at),
        form: "marks",
        ...(theory.length === 0 ? { name } : {}),
      },
    ];
  });
  return {
    xTitle: "step",
    yTitle: relative ? "strength / s" : "strength a(t)",
    lines,
    verticals: [],
    levels: [],
    stops,
    read(stop) {
      const look = at[stop] ?? 0;
      const words = groups.map((group) => {
        const [theory, trained] = [group.theory, group.trained].map((values) =>
          values === null || Number.isNaN(values[look]) ? null : formatNumber(values[look], 4).text,
        );
        return `${groupName(group)}: ${[theory === null ? "" : `theory ${theory}`, trained === null ? "" : `trained ${trained}`].filter((one) => one !== "").join(", ")}`;
      });
      return `Step ${times[look]} · ${words.join(" · ")}`;
    },
    summary: `Strengths of ${groups.length} groups of modes over ${steps} steps: lines by theory, marks from the trained network.`,
  };
}

export function lossCourses({ times, theoryLoss, trainedLoss, steps }: SimulatorResult): CourseData {
  const at = marksOf(times.length);
  const stops = pick(times, at);
  const lines: CourseLine[] = [];
  if (theoryLoss !== null) lines.push({ label: "theory", series: 0, x: times, y: theoryLoss, form: "line" });
  if (trainedLoss !== null)
    lines.push({ label: "trained network", series: 1, x: stops, y: pick(trainedLoss, at), form: "marks" });
  return {
    xTitle: "step",
    yTitle: "loss ½Σ‖y − ŷ‖²",
    yLog: true,
    lines,
    verticals: [],
    levels: [],
    stops,
    read: (stop) =>
      `Step ${stops[stop]} · ${lines.map(({ label, x, y }) => `${label} ${formatNumber(y[x === times ? (at[stop] ?? 0) : stop], 4).text}`).join(", ")}`,
    summary: `The loss over ${steps} steps, logarithmic: a step down for each group of modes.`,
  };
}

export function itemPaths(result: SimulatorResult, which: "theory" | "trained"): PathData | null {
  const paths = which === "theory" ? result.theoryPaths : result.trainedPaths;
  if (paths === null) return null;
  const { times, points, axes, shares } = paths;
  return {
    names: result.itemNames,
    series: result.branches,
    moments: times,
    points,
    axes,
    titles: shares.map((share, axis) => `axis ${axis + 1} (${(100 * share).toFixed(0)} % of the variance)`),
    summary: `${counted(result.items, "item")} as they part from each other over ${result.steps} steps, ${which === "theory" ? "by theory" : "in the trained network"}: one embedding of all times.`,
  };
}

export interface GroupRow {
  readonly group: SimulatedGroup;
  readonly name: string;
  readonly cells: readonly { readonly field: string; readonly text: string }[];
}

export interface GroupTable {
  readonly columns: readonly { readonly field: string; readonly title: string }[];
  readonly rows: readonly GroupRow[];
}

export function groupTable(result: SimulatorResult, digits: number): GroupTable {
  const tree = result.table === null;
  const sampled = tree && result.groups.some(({ spread }) => spread !== null);
  const number = (value: number | null | undefined) => formatNumber(value, digits).text;
  const time = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : String(Number(value.toFixed(1)));
  const pair = (values: readonly [number, number] | null) =>
    values === null || values[0] === values[1] ? "" : values.map((value) => formatNumber(value, 3).text).join("–");
  type Column = readonly [field: string, title: string, read: (group: SimulatedGroup) => string];
  const columns: Column[] = [
    ...(tree ? ([["limit", "√(N·λ)", ({ limit }) => number(limit)]] satisfies Column[]) : []),
    ["singularValue", "s", ({ singularValue }) => number(singularValue)],
    ...(sampled
      ? ([
          ["singularValue", "from–to", ({ range }) => pair(range)],
          ["spread", "by chance", ({ spread }) => pair(spread)],
        ] satisfies Column[])
      : []),
    ["start", "a₀", ({ start }) => number(start)],
    ["halfTime", "t½ theory", ({ theoryHalfTime }) => time(theoryHalfTime?.value)],
    ...(sampled ? ([["limit", "t½ limit", ({ limitHalfTime }) => time(limitHalfTime?.value)]] satisfies Column[]) : []),
    ["trainedHalfTime", "t½ trained", ({ trainedHalfTime }) => time(trainedHalfTime?.value)],
    ["stage", "stage theory", ({ theoryStage }) => number(theoryStage)],
    ["stage", "stage trained", ({ trainedStage }) => number(trainedStage)],
  ];
  return {
    columns: columns.map(([field, title]) => ({ field, title })),
    rows: result.groups.map((group) => ({
      group,
      name: groupName(group),
      cells: columns.map(([field, , read]) => ({ field, text: read(group) })),
    })),
  };
}

/** One line: where training stands, in words. */
export function trainingText({ training, steps }: SimulatorResult): string {
  switch (training.kind) {
    case "off":
      return training.reason === null ? "Theory alone. Train the network to compare." : "Not trained.";
    case "running":
      return `Training: step ${training.step} of ${steps}.`;
    case "finished":
      return `Trained for ${steps} steps.`;
    case "stopped":
      return `Training stopped at step ${training.step}.`;
  }
}
