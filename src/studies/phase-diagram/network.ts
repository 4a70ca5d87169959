import { ModeScopeError } from "../../base/errors.ts";
import type { Activation } from "../../numerics/meanField/activation.ts";
import { layerCourse } from "../../numerics/meanField/course.ts";
import { biasVariance, weightVariance } from "../../numerics/meanField/estimate.ts";
import { backwardSpread, widthBand } from "../../numerics/meanField/finiteWidth.ts";
import { postActivationNorm, preActivationNorm } from "../../numerics/meanField/normalized.ts";
import { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { measuredGrowth } from "../../numerics/network/jacobian.ts";
import { Random } from "../../numerics/random.ts";
import { readNetwork } from "../_shared/network/layers.ts";
import { readDenseChain, requireDenseChain, sampleValues } from "../_shared/network/readWeights.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { Obstacle } from "../_shared/network/types.ts";
import type { StudyContext, StudyFile } from "../types.ts";
import { residualBlocks } from "./blocks.ts";
import type { PhaseParameters } from "./parameters.ts";
import type { LayerPoint, NetworkPart } from "./types.ts";

/** Inputs and tangents that the measured growth is averaged over. */
const DRAWS = 32;
const SEED = 2016;
/** Running a chain on so many inputs: beyond it the growth is left out, and said so. */
const MOST_WORK = 2 ** 26;

/** The network's layers on the plane, what the theory makes of them, and what their own weights do. */
export async function readNetworkPart(
  file: StudyFile,
  activation: Activation,
  { stage: said, start }: PhaseParameters,
  context: Pick<StudyContext, "cancel" | "signal" | "progress">,
): Promise<NetworkPart> {
  const reading = readNetwork(file.checkpoint, file.tensors);
  if (reading.layers.length === 0)
    throw new ModeScopeError("unsupported", "It holds no layer's weights.", {
      remedy: "Choose a checkpoint of a network with dense or convolutional layers.",
    });
  const { cancel, signal } = context;
  const reader = { checkpoint: file.checkpoint, cancel, signal };
  const points: LayerPoint[] = [];
  for (const [at, { tensor, bias, kind, fanIn, fanOut }] of reading.layers.entries()) {
    context.progress((0.6 * at) / reading.layers.length);
    const { values, whole } = await sampleValues(tensor, reader);
    const weight = weightVariance(values, fanIn);
    if (!Number.isFinite(weight.value))
      throw new ModeScopeError("non-finite", `${tensor.name} holds NaN or infinities.`, { tensor: tensor.name });
    const shift = bias === null ? null : biasVariance(await checkpointBias(file, bias.name, bias.elements, signal));
    points.push({
      tensor: tensor.name,
      bias: bias?.name ?? null,
      kind,
      fanIn,
      fanOut,
      sigmaW2: weight.value,
      sigmaW2Error: weight.standardError,
      sigmaB2: shift?.value ?? (bias === null ? 0 : null),
      sigmaB2Error: shift?.standardError ?? null,
      biasState: bias === null ? "absent" : shift === null ? "too few" : "estimated",
      meanScore: weight.meanScore,
      kurtosis: weight.kurtosis,
      sampled: !whole,
      chiOne: null,
      q: null,
      growth: null,
      growthError: null,
    });
  }
  const stage = stageOf(file.name, said);
  const refusal = refusalOf(reading.obstacles);
  const claims = refusal === null && stage.stage === "initial";
  const course = claims
    ? layerCourse(
        activation,
        points.map(({ sigmaW2, sigmaB2 }) => ({ weight: sigmaW2, bias: sigmaB2 ?? 0 })),
        start,
      )
    : null;
  const growth = refusal === null ? await growthOf() : null;
  const layers = points.map((point, at) => ({
    ...point,
    chiOne: course?.[at]?.chiOne ?? null,
    q: course?.[at]?.q ?? null,
    growth: at === 0 ? null : (growth?.[at - 1]?.factor ?? null),
    growthError: at === 0 ? null : (growth?.[at - 1]?.logError ?? null),
  }));
  const links = layers.flatMap(({ chiOne }) => chiOne ?? []);
  const hidden = points.slice(0, -1).map(({ fanOut }) => fanOut);
  const typical = course === null ? null : course[Math.floor(course.length / 2)]!.q;
  const band = widthBand(typical === null || !(typical > 0) ? 2 : backwardSpread(activation, typical), hidden);
  const has = (kind: Obstacle["kind"]) => reading.obstacles.some((obstacle) => obstacle.kind === kind);
  return {
    name: file.name,
    stage,
    order: reading.order,
    layers,
    obstacles: reading.obstacles,
    refusal,
    claims,
    depth: layers.length,
    aspect: band.aspect,
    bandFactor: claims ? Math.exp(band.standardDeviation) : null,
    reliable: band.reliable,
    gradientFactor: links.length === 0 ? null : links.reduce((product, chi) => product * chi, 1),
    blocks: has("residual") ? residualBlocks(points, activation, has("batch-norm") || has("layer-norm")) : null,
    measured: null,
    norms: has("batch-norm") || has("layer-norm") ? normFactors(activation, has("batch-norm")) : null,
  };

  async function growthOf() {
    const work = reading.layers.reduce((sum, { fanIn, fanOut }) => sum + fanIn * fanOut, 0);
    if (work > MOST_WORK) return null;
    try {
      requireDenseChain(reading);
    } catch {
      return null;
    }
    const network = new DenseNetwork(await readDenseChain(reading, reader), activation, cancel);
    const random = new Random(SEED);
    const inputs = Float64Array.from({ length: DRAWS * network.inputs }, () => Math.sqrt(start) * random.normal());
    return measuredGrowth(network, network.forward(inputs), DRAWS, random);
  }
}

async function checkpointBias({ checkpoint }: StudyFile, name: string, count: number, signal: AbortSignal) {
  return checkpoint.read(name, 0, count, signal);
}

/** Networks that the plane of plain chains says nothing about. */
function refusalOf(obstacles: readonly Obstacle[]): string | null {
  const of = (kind: Obstacle["kind"]) => obstacles.find((obstacle) => obstacle.kind === kind);
  const residual = of("residual");
  if (residual !== undefined)
    return `A residual network (${residual.evidence}) has no transition from order to chaos in its depth: this plane says nothing about it. Below is how gradients grow from block to block.`;
  const norm = of("batch-norm") ?? of("layer-norm");
  if (norm !== undefined)
    return `With normalisation (${norm.evidence}) the scale of the weights drops out: this plane says nothing about the network. Below is the growth of gradients a layer.`;
  const other = of("recurrent") ?? of("attention");
  return other === undefined
    ? null
    : `This plane is for plain chains of layers; here is ${other.kind === "recurrent" ? "a recurrent layer" : "attention"} (${other.evidence}).`;
}

function normFactors(activation: Activation, batch: boolean) {
  const subtracting = postActivationNorm(activation, true);
  const rows = batch
    ? [{ where: "batch norm, many examples a batch", squared: subtracting }]
    : [
        { where: "layer norm or RMS norm before the activation", squared: preActivationNorm(activation) },
        { where: "layer norm after the activation", squared: subtracting },
        { where: "RMS norm after the activation", squared: postActivationNorm(activation, false) },
      ];
  return rows.map(({ where, squared }) => ({ where, squared, norm: Math.sqrt(squared) }));
}
