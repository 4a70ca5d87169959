import type { Plan } from "./plan.ts";
import type { SimulatorParameters } from "./types.ts";
import type { World } from "./world.ts";

/** From this part of the largest stable rate on, steps are visibly no flow. */
const LONG_STEPS = 0.2;

/** Why no network can be trained with these steps; null if it can. */
export function stepRefusal({ rate, largestRate, layers }: Plan): string | null {
  if (rate < largestRate) return null;
  return `A rate of ${short(rate)} is no descent: the strongest mode bears less than ${short(largestRate)} (2/(D·s^(2−2/D)), D = ${layers.length}). Theory's courses are of infinitely small steps.`;
}

/** What a reader of these curves must know. */
export function warningsOf(world: World, plan: Plan, { tree, hidden, depth, start, scale }: SimulatorParameters) {
  const rank = world.modes.reduce((sum, { group }) => sum + group.length, 0);
  const share = plan.rate / plan.largestRate;
  const strong = world.modes.filter(({ s }) => s <= scale).length;
  const said: (string | false)[] = [
    share >= LONG_STEPS &&
      share < 1 &&
      `The rate is ${Math.round(100 * share)} % of the largest stable one: theory is for small steps, and the network will run beside it.`,
    start === "random" &&
      depth >= 3 &&
      "Three or more random layers are neither balanced nor aligned: theory has no course for them, and none is drawn. Choose the balanced start to compare.",
    start === "random" &&
      depth === 2 &&
      plan.theory.includes(null) &&
      "These random weights are not small beside the data's modes: there is no plateau to grow from, theory has no course for them, and none is drawn.",
    start === "random" &&
      depth === 2 &&
      !plan.theory.includes(null) &&
      "a₀ of each mode is ¼‖W₁v + W₂ᵀu‖² of these very weights. Modes compete for the same hidden units, so weaker ones come a little later than theory says.",
    depth > 1 &&
      hidden < rank &&
      `${hidden} hidden units carry ${hidden} modes: the weakest ${rank - hidden} of ${rank} are never learned.`,
    start === "balanced" &&
      strong > 0 &&
      `${strong} modes are no stronger than the start of ${short(scale)}: they have no rise.`,
    world.table === null &&
      tree.properties === "sampled" &&
      `A table of ${tree.features} properties: values of one level spread by chance about √(N·λ). The spread inside a level is no structure.`,
    world.table === null &&
      tree.features < world.y.columns &&
      tree.properties === "sampled" &&
      `${tree.features} properties of ${world.y.columns} items: the table has no more than ${tree.features} modes, so levels lack some of theirs.`,
  ];
  return said.filter((sentence) => sentence !== false);
}

const short = (value: number) => String(Number(value.toPrecision(3)));
