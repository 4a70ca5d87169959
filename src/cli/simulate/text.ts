import type { Measured } from "../../analysis/types.ts";
import { counted } from "../../base/counted.ts";
import type { SimulatedGroup, SimulatorResult } from "../../studies/simulator/types.ts";
import { numberText, textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";

const times = (measured: Measured | null) => (measured === null ? "–" : String(Number(measured.value.toFixed(1))));

function nameOf({ level, ranks }: SimulatedGroup): string {
  const [first, last] = [ranks[0]! + 1, ranks[ranks.length - 1]! + 1];
  const modes = first === last ? `${first}` : `${first}–${last}`;
  return level === null ? modes : `${level} (${modes})`;
}

export function printSimulation(
  result: Omit<SimulatorResult, "files">,
  folder: string | null,
  written: readonly string[],
): void {
  const { items, properties, table, depth, rate, steps, timeConstant, training, warnings, groups, trainedLoss } =
    result;
  const out = (line: string) => process.stdout.write(`${printable(line)}\n`);
  out(
    `${table ?? "A tree"}: ${counted(items, "item")} × ${counted(properties, "property", "properties")}; ${counted(depth, "weight matrix", "weight matrices")}; one-hot items, loss ½Σ‖y−ŷ‖², full batch`,
  );
  out(
    `Rate ${numberText(rate)} (${numberText(100 * result.ofLargestRate)} % of the largest stable one), τ = ${numberText(timeConstant)} steps, ${steps} steps`,
  );
  out("");
  const tree = table === null;
  const rows = groups.map((group) => [
    nameOf(group),
    ...(tree ? [numberText(group.limit)] : []),
    numberText(group.singularValue),
    ...(tree ? [group.range[0] === group.range[1] ? "" : group.range.map(numberText).join("–")] : []),
    numberText(group.start),
    ...(tree ? [times(group.limitHalfTime)] : []),
    times(group.theoryHalfTime),
    times(group.trainedHalfTime),
    numberText(group.theoryStage),
    numberText(group.trainedStage),
  ]);
  const right = (title: string) => ({ title, right: true });
  const columns = [
    { title: tree ? "level (modes)" : "modes" },
    ...(tree ? [right("√(N·λ)")] : []),
    right("s"),
    ...(tree ? [right("from–to")] : []),
    right("a₀"),
    ...(tree ? [right("t½ limit")] : []),
    right("t½ theory"),
    right("t½ trained"),
    right("stage theory"),
    right("trained"),
  ];
  process.stdout.write(`${textTable(columns, rows, outputWidth())}\n`);
  const [first, last] = [trainedLoss?.[0], trainedLoss?.[trainedLoss.length - 1]];
  if (training.kind === "finished") {
    const shares = result.offDiagonal ?? new Float64Array(1);
    out("");
    out(
      `Trained: loss ${numberText(first)} → ${numberText(last)}; off-diagonal share ${numberText(shares[shares.length - 1])} at the end, ${numberText(Math.max(...shares))} at most`,
    );
  }
  if (folder !== null && written.length > 0)
    out(`Written to ${folder}: ${written[0]} … ${written[written.length - 2]}, data.csv`);
  const problem = training.kind === "off" || training.kind === "stopped" ? training.reason : null;
  if (problem !== null) process.stderr.write(`${coloured("not trained to the end:", "red")} ${problem}\n`);
  for (const warning of warnings) process.stderr.write(`${coloured("note:", "yellow")} ${printable(warning)}\n`);
}
