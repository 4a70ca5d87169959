import { isCancelled, serializeError } from "../../../base/errors.ts";
import { MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import type { Checkpoint, Finding, OpenContext, SkippedTensor } from "../../types.ts";
import { type AssembledTensor, assembledCheckpoint, tensorsOf } from "../assembled.ts";
import { type Box, readBoxes } from "../boxes.ts";
import { asCount, asSequence, PickleDict, type PickleValue } from "../pickle/values.ts";
import { openAnyTorch } from "./anyTorch.ts";

const FORMAT = "deepspeed";
/** Ranks of one data-parallel group. */
const MAX_RANKS = 16_384;
const STATES = "optimizer_state_dict/";

/** What a file of DeepSpeed's model states says about the partitions beside it. */
export interface ZeroFacts {
  /** For each parameter group, the shapes of its parameters, in the order in which they were flattened. */
  readonly groups: readonly ReadonlyMap<string, readonly number[]>[];
  /** Alias → the name whose values it shares. */
  readonly shared: ReadonlyMap<string, string>;
}

/** Which files stand beside `…mp_rank_00_model_states.pt`: their names without the rank. */
const MODEL_STATES = /^(?:bf16_|fp16_)?(?:zero_pp_rank_\d+_)?(mp_rank_\d+)_model_states\.pt$/;

/** The facts of ZeRO, where the unpickled object has them: DeepSpeed's own marks, not a file name. */
export function zeroFacts(value: PickleValue): ZeroFacts | null {
  if (!(value instanceof PickleDict) || !value.entries.has("ds_version")) return null;
  const shapes = value.entries.get("param_shapes");
  const groups = shapes instanceof PickleDict ? [shapes] : (asSequence(shapes) ?? []);
  if (groups.length === 0) return null;
  const shared = value.entries.get("shared_params");
  return {
    groups: groups.map((group) => shapesOf(group)),
    shared: new Map(
      shared instanceof PickleDict
        ? [...shared.entries].filter((entry): entry is [string, string] =>
            entry.every((name) => typeof name === "string"),
          )
        : [],
    ),
  };
}

function shapesOf(group: PickleValue): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  if (!(group instanceof PickleDict)) return shapes;
  for (const [name, shape] of group.entries) {
    const sizes = asSequence(shape)?.map((size) => asCount(size) ?? -1);
    if (typeof name === "string" && sizes?.every((size) => size >= 0)) shapes.set(name, sizes);
  }
  return shapes;
}

/** The model states with the float32 weights put together from the ranks' partitions; itself where those are not beside it. */
export async function withZeroPartitions(
  model: Checkpoint,
  facts: ZeroFacts,
  uri: string,
  context: OpenContext,
): Promise<Checkpoint> {
  const name = uri.slice(uri.lastIndexOf("/") + 1);
  const rank = MODEL_STATES.exec(decodeURIComponent(name))?.[1];
  const opened: Checkpoint[] = [];
  const close = async () => {
    for (const one of [...opened, model]) await one.close();
  };
  try {
    const first = rank === undefined ? null : await openRank(0, rank, context);
    if (first === null || rank === undefined) return withFinding(model, missing("are not beside it"));
    opened.push(first.checkpoint);
    const declared = first.checkpoint.metadata[`${STATES}partition_count`];
    const ranks = Array.isArray(declared) ? declared[0] : declared;
    if (typeof ranks !== "number" || !Number.isSafeInteger(ranks) || ranks < 1 || ranks > MAX_RANKS)
      return withFinding(model, missing("do not say how many ranks wrote them"));
    for (let i = 1; i < ranks; i++) {
      const next = await openRank(i, rank, context, first.prefix);
      if (next === null) return withFinding(model, missing(`are incomplete: rank ${i} of ${ranks} is missing`));
      opened.push(next.checkpoint);
    }
    return merge(model, facts, opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function missing(why: string): Finding {
  return {
    kind: "warning",
    message: `The optimizer states with the float32 weights ${why}: what is shown is the copy that training computed with.`,
  };
}

function withFinding(model: Checkpoint, finding: Finding): Checkpoint {
  return {
    ...model,
    findings: [...model.findings, finding],
    read: model.read.bind(model),
    close: model.close.bind(model),
  };
}

async function openRank(index: number, rank: string, context: OpenContext, known?: string) {
  for (const prefix of known === undefined ? ["", "bf16_", "fp16_"] : [known]) {
    const file = `${prefix}zero_pp_rank_${index}_${rank}_optim_states.pt`;
    const source = await context.sibling(file).catch((error: unknown) => {
      if (isCancelled(serializeError(error))) throw error;
      context.signal?.throwIfAborted();
      return null;
    });
    if (source === null) continue;
    return { prefix, checkpoint: await openAnyTorch(source, FORMAT, file, context.signal) };
  }
  return null;
}

/** Flat vectors of every rank under one name. */
type Flat = readonly (AssembledTensor | undefined)[];

function merge(
  model: Checkpoint,
  facts: ZeroFacts,
  ranks: readonly Checkpoint[],
  close: () => Promise<void>,
): Checkpoint {
  const flats = ranks.map(tensorsOf);
  const flat = (name: string): Flat => flats.map((tensors) => tensors.get(STATES + name));
  const sharded = flat("fp32_flat_groups/0")[0] !== undefined;
  const tensors: AssembledTensor[] = [];
  const skipped: SkippedTensor[] = [...model.skipped];
  const moments = momentsOf(ranks[0], sharded);
  const lay = sharded ? layAcross : layThrough;
  for (const { label, path } of [
    { label: "", path: sharded ? "fp32_flat_groups/#" : "single_partition_of_fp32_groups/#" },
    ...moments,
  ]) {
    for (const [group, boxes, info] of lay(facts, (index) => flat(path.replace("#", String(index))))) {
      const name = `${label}${info.name}`;
      if (typeof boxes === "string") skipped.push({ name, reason: `${boxes} (group ${group})` });
      else tensors.push(assembledFrom(name, info.shape, boxes));
    }
  }
  const byName = new Map(tensors.map((tensor) => [tensor.info.name, tensor]));
  for (const [alias, owner] of facts.shared) {
    const tensor = byName.get(owner);
    if (tensor !== undefined && !byName.has(alias))
      tensors.push({
        info: { ...tensor.info, name: alias, storedBytes: 0, sharesStorageWith: owner },
        read: tensor.read,
      });
  }
  let copies = 0;
  for (const [name, tensor] of tensorsOf(model)) {
    if (!name.startsWith("module/")) continue;
    const bare = name.slice("module/".length);
    if (byName.has(bare) || facts.shared.has(bare)) copies += tensor.info.elements > 0 ? 1 : 0;
    else if (tensor.info.elements > 0) tensors.push({ info: { ...tensor.info, name: bare }, read: tensor.read });
  }
  const rest =
    copies === 0 ? "" : ` The copies in training precision (${copies} tensors of the model states) are not listed.`;
  return assembledCheckpoint(
    {
      format: FORMAT,
      framework: "pytorch",
      metadata: { ...model.metadata, zero: `stage ${sharded ? 3 : "1 or 2"}, ${ranks.length} ranks` },
      findings: [
        ...model.findings,
        ...ranks.flatMap(({ findings }) => findings.filter(({ kind }) => kind === "security")),
        ...(rest === ""
          ? []
          : [
              {
                kind: "warning" as const,
                message: `The float32 weights are put together from ${ranks.length} ranks' partitions.${rest}`,
              },
            ]),
      ],
      skipped,
      version: [model, ...ranks].map(({ version }) => version).join(" "),
      bytesRead: () => [model, ...ranks].reduce((sum, one) => sum + one.bytesRead(), 0),
      close,
    },
    tensors,
  );
}

/** Optimizer moments that are laid out like the weights: `…/state/0/exp_avg` is one flat vector for each group. */
function momentsOf(first: Checkpoint | undefined, sharded: boolean): { label: string; path: string }[] {
  const inside = sharded ? "optimizer_state_dict/state/" : "base_optimizer_state/state/";
  const prefix = `${STATES}${inside}0/`;
  return (first?.tensors ?? [])
    .filter(({ name, elements }) => name.startsWith(prefix) && elements > 1)
    .map(({ name }) => name.slice(prefix.length))
    .map((moment) => ({ label: `optimizer/${moment}/`, path: `${inside}#/${moment}` }));
}

type Laid = readonly [number, readonly Box[] | string, { readonly name: string; readonly shape: readonly number[] }];

/** Stages 1 and 2: the ranks' pieces of a group, one after the other, are the group's parameters one after the other. */
function* layThrough(facts: ZeroFacts, flat: (group: number) => Flat): Generator<Laid> {
  for (const [group, shapes] of facts.groups.entries()) {
    const pieces = flat(group);
    const ends: number[] = [];
    for (const piece of pieces) ends.push((ends.at(-1) ?? 0) + (piece?.info.elements ?? 0));
    let at = 0;
    for (const [name, shape] of shapes) {
      const elements = volume(shape);
      const boxes: Box[] = [];
      for (const [i, piece] of pieces.entries()) {
        const begin = ends[i - 1] ?? 0;
        const from = Math.max(at, begin);
        const to = Math.min(at + elements, ends[i] ?? 0);
        if (piece !== undefined && to > from) boxes.push(boxOf(piece, from - at, to - from, from - begin));
      }
      const whole = at + elements <= (ends.at(-1) ?? 0) && pieces.every((piece) => piece !== undefined);
      yield [group, whole ? boxes : "its float32 partitions end before it", { name, shape }];
      at += elements;
    }
  }
}

/** Stage 3: every parameter is cut into equal pieces, one for each rank, the last one padded; each rank keeps all groups in a row. */
function* layAcross(facts: ZeroFacts, flat: (group: number) => Flat): Generator<Laid> {
  const groups = facts.groups
    .map((_, index) => flat(index))
    .filter((pieces) => pieces.some((piece) => piece !== undefined));
  const ranks = groups[0]?.length ?? 0;
  const rows = Array.from({ length: ranks }, (_, rank) => {
    let begin = 0;
    return groups.map((pieces) => {
      const row = { piece: pieces[rank], begin };
      begin += pieces[rank]?.info.elements ?? 0;
      return row;
    });
  });
  let at = 0;
  for (const [group, shapes] of facts.groups.entries()) {
    for (const [name, shape] of shapes) {
      const elements = volume(shape);
      const each = Math.ceil(elements / Math.max(1, ranks));
      const boxes: Box[] = [];
      let covered = 0;
      for (const [rank, row] of rows.entries()) {
        const wanted = Math.max(0, Math.min(each, elements - rank * each));
        for (const { piece, begin } of row) {
          const from = Math.max(at, begin);
          const to = Math.min(at + wanted, begin + (piece?.info.elements ?? 0));
          if (piece === undefined || to <= from) continue;
          boxes.push(boxOf(piece, rank * each + from - at, to - from, from - begin));
          covered += to - from;
        }
      }
      yield [group, covered === elements ? boxes : "its float32 partitions end before it", { name, shape }];
      at += each;
    }
  }
}

/** `length` elements at `offset` of the parameter, from `first` of a rank's flat vector. */
function boxOf(piece: AssembledTensor, offset: number, length: number, first: number): Box {
  return {
    offsets: [offset],
    sizes: [length],
    read: (start, count, signal) => piece.read(first + start, count, signal),
  };
}

function assembledFrom(name: string, shape: readonly number[], boxes: readonly Box[]): AssembledTensor {
  const elements = volume(shape);
  return {
    info: { name, shape, dtype: "f32", elements, storedBytes: elements * 4 },
    read: (start, count, signal) => readBoxes([elements], boxes, start, count, false, signal),
  };
}

function volume(shape: readonly number[]): number {
  const product = shape.reduce((a, b) => a * b, 1);
  return product <= MAX_TENSOR_ELEMENTS ? product : Number.POSITIVE_INFINITY;
}
