import { counted } from "../../base/counted.ts";
import type { FollowedMode } from "../../series/follow.ts";
import type { DynamicsResult, Taught } from "../../studies/dynamics/types.ts";
import { numberText, textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";

/** Lines are made printable; a table has made its cells so itself. */
interface Out {
  line(text: string): void;
  table(text: string): void;
}
const rounded = (value: number) => numberText(Number(value.toPrecision(6)));

/** What was refused, for the standard error. */
export function printRefused({ refused }: DynamicsResult): void {
  for (const { name, reason } of refused)
    process.stderr.write(`${coloured("refused:", "yellow")} ${printable(`${name}: ${reason}`)}\n`);
}

/** The whole answer in words. */
export function dynamicsText(file: string, result: DynamicsResult): string {
  const lines: string[] = [];
  const out: Out = { line: (text) => lines.push(printable(text)), table: (text) => lines.push(text) };
  const { checkpoints, order, training, taught, whole } = result;
  const [first, last] = [checkpoints[0]!, checkpoints[checkpoints.length - 1]!];
  out.line(`${file}: ${counted(checkpoints.length, "checkpoint")}, ${first.step} to ${last.step} (${ORDER[order.by]})`);
  if (order.note !== null) out.line(order.note);
  for (const line of training.evidence) out.line(`Recorded: ${line}`);
  if (taught !== null && "reason" in taught) out.line(`No modes of the data: ${taught.reason}`);
  else if (taught !== null) tellTaught(taught, out);
  if (whole !== null) tellWhole(result, whole, out);
  tellMatrices(result, out);
  tellLaws(result, out);
  return lines.join("\n");
}

const ORDER: Readonly<Record<DynamicsResult["order"]["by"], string>> = {
  given: "steps as given",
  step: "by the optimizer's count of steps",
  epoch: "by the epoch in the files",
  name: "by the number in their names",
  time: "by the time of the files",
  list: "in the order of the list",
};

const names = (list: readonly string[] | null, what: string) => (index: number) => list?.[index] ?? `${what} ${index}`;
const ranksText = ({ group }: FollowedMode) =>
  group.length === 1 ? String(group[0]! + 1) : `${group[0]! + 1}–${group[group.length - 1]! + 1}`;

const BARS = "▁▂▃▄▅▆▇█";

/** The course from 0 to its end, at most 40 points of it. */
function curve(strengths: readonly number[], end: number): string {
  const points = Math.min(40, strengths.length);
  return Array.from({ length: points }, (_, k) => {
    const at = points === 1 ? 0 : Math.round((k * (strengths.length - 1)) / (points - 1));
    const part = Math.min(1, Math.max(0, strengths[at]! / end));
    return BARS[Math.min(BARS.length - 1, Math.floor(part * BARS.length))];
  }).join("");
}

function tellTaught(taught: Taught, out: Out): void {
  const { table, items, properties, layers, leftOut, followed, outlook } = taught;
  out.line(`Layers: ${layers.join(" → ")}; a linear network is assumed (checkpoints do not say)`);
  out.line(
    `Modes of ${table}: ${counted(items, "item")} × ${counted(properties, "property", "properties")}, sum convention`,
  );
  if (leftOut.length > 0) out.line(`Left out, as the theory has no biases: ${leftOut.join(", ")}`);
  out.line(
    "reason" in outlook
      ? outlook.reason
      : `Theory: τ = ${rounded(outlook.timeConstant)} steps, plain gradient descent, a₀ = ¼‖W₁v + W₂ᵀu‖²${outlook.decay > 0 ? `, weight decay λ = ${rounded(outlook.decay)}` : ""}`,
  );
  if (followed.stability?.stable === false)
    out.line(
      `Too large a step: gradient descent needs τ > ${rounded(followed.stability.leastTau)} to settle on the strongest mode`,
    );
  if (followed.inputMixing > 0)
    out.line(
      `Inputs mix the modes: ${rounded(followed.inputMixing)} of their correlations is off the diagonal (the theory needs little)`,
    );
  out.line("");
  out.table(modeTable(followed.modes));
  out.line("");
  const worst = Math.max(...followed.offDiagonal);
  const now = followed.offDiagonal[followed.offDiagonal.length - 1]!;
  out.line(
    `Off-diagonal share of the map: ${numberText(now)} at the end, ${numberText(worst)} at most${worst > 0.1 ? " (above 0.1 the modes are not decoupled: early on it is the random start)" : ""}`,
  );
  const { exponent, order, transitions } = followed;
  if (exponent !== null)
    out.line(
      `Rise ∝ σ^${exponent.exponent.toFixed(2)} ± ${exponent.standardError.toFixed(2)} over ${exponent.modes} modes: 1 is a deep linear network, 0 a shallow one`,
    );
  if (order !== null)
    out.line(
      `Stronger modes first: Spearman ρ = ${order.rho.toFixed(3)}, permutation p = ${numberText(order.p)}${order.exact ? "" : " (10,000 draws)"}`,
    );
  for (const { bracket, mode } of transitions)
    out.line(
      `The loss steps down between ${bracket.map(rounded).join(" and ")}${mode === null ? "" : `: mode ${ranksText(followed.modes[mode]!)}`}`,
    );
  tellIllusions(taught, out);
}

function modeTable(modes: readonly FollowedMode[]): string {
  return textTable(
    [
      { title: "mode" },
      { title: "σ", right: true },
      { title: "strength over training (full: its end)" },
      { title: "t½", right: true },
      { title: "between", right: true },
      { title: "predicted", right: true },
      { title: "τ̂ ± SE", right: true },
      { title: "ΔAIC", right: true },
    ],
    modes.map((mode) => {
      const { halfTime, fitted, comparison, foreseen } = mode;
      return [
        ranksText(mode),
        numberText(mode.singularValue),
        curve(mode.strengths, foreseen.end),
        halfTime === null ? "–" : rounded(halfTime.time),
        halfTime === null ? "" : halfTime.bracket.map(rounded).join("–"),
        foreseen.halfTime === null ? "" : rounded(foreseen.halfTime),
        fitted === null ? "" : `${numberText(fitted.tau)} ± ${fitted.tauError.toPrecision(2)}`,
        comparison === null ? "" : comparison.difference.toFixed(0),
      ];
    }),
    outputWidth(),
  );
}

const SHOWN = 6;

function tellIllusions({ followed: { illusions, modes }, itemNames, propertyNames }: Taught, out: Out): void {
  if ("reason" in illusions || illusions.length === 0) {
    out.line(
      "reason" in illusions
        ? `Beliefs: ${illusions.reason}`
        : "No belief was wrong for a while (none above 0.1 of the largest entry).",
    );
    return;
  }
  const [item, property] = [names(itemNames, "item"), names(propertyNames, "property")];
  out.line("");
  out.line(`Believed for a while and then not (${illusions.length}):`);
  for (const one of illusions.slice(0, SHOWN)) {
    const [maker, lacking] = one.cause;
    const missing = lacking === null ? "" : `, until mode ${ranksText(modes[lacking]!)} takes it back`;
    out.line(
      `  ${item(one.item)} – ${property(one.property)}: ${numberText(one.peak)} at ${one.peakTime}, from ${one.onset} to ${one.offset}; made by mode ${ranksText(modes[maker]!)}${missing}`,
    );
  }
  if (illusions.length > SHOWN) out.line(`  and ${illusions.length - SHOWN} more (--json has all)`);
}

function tellWhole(
  { checkpoints }: DynamicsResult,
  { norm, pace }: NonNullable<DynamicsResult["whole"]>,
  out: Out,
): void {
  out.line("");
  out.line(`All weight matrices: ‖W‖ ${rounded(norm[0]!)} → ${rounded(norm[norm.length - 1]!)}`);
  for (const { checkpoint, factor, rates } of pace.drops)
    out.line(
      `From ${checkpoints[checkpoint]!.step} on they move ${rounded(1 / factor)} times slower (‖ΔW‖/√Δt)${rates === null ? "" : `; recorded learning rate ${rates.map(rounded).join(" → ")}`}`,
    );
}

function tellMatrices({ matrices }: DynamicsResult, out: Out): void {
  const rows = matrices.map(({ tensor, part, rows: n, columns: m, course }) => {
    const facts = [part === null ? tensor : `${tensor} [${part}]`, `${n}×${m}`];
    if ("reason" in course) return [...facts, course.reason, "", "", ""];
    const [mode] = course.modes;
    const last = course.travel[course.travel.length - 1]!;
    return [
      ...facts,
      mode === undefined ? "" : curve(mode.strengths, mode.singularValue),
      mode?.halfTime == null ? "–" : rounded(mode.halfTime.time),
      course.walkHalf === null ? "–" : rounded(course.walkHalf.time),
      numberText(last / course.norm[0]!),
    ];
  });
  if (rows.length === 0) return;
  out.line("");
  out.line(
    "Strongest mode of what training added to each matrix, back in time (circular: it ends at its full strength by construction)",
  );
  out.table(
    textTable(
      [
        { title: "matrix" },
        { title: "shape", right: true },
        { title: "strength" },
        { title: "t½", right: true },
        { title: "random walk", right: true },
        { title: "travel", right: true },
      ],
      rows,
      outputWidth(),
    ),
  );
}

function tellLaws({ laws }: DynamicsResult, out: Out): void {
  if (laws.length === 0) return;
  out.line("");
  out.line("What gradient flow would have conserved (drift at the end; each assumes what --json says)");
  out.table(
    textTable(
      [{ title: "law" }, { title: "drift", right: true }, { title: "reading" }, { title: "tensors" }],
      laws.map(({ kind, tensors, drift, reading }) => [
        kind,
        numberText(drift[drift.length - 1]!.relative),
        reading.split(":")[0]!,
        tensors.join(", "),
      ]),
      outputWidth(),
    ),
  );
}
