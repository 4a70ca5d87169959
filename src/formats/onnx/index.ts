import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError } from "../../base/errors.ts";
import type { TensorUse } from "../../base/tensor.ts";
import { classNames } from "../_shared/classNames.ts";
import { entryCheckpoint, type TensorEntry } from "../_shared/entryCheckpoint.ts";
import { ProtoReader } from "../_shared/protobuf.ts";
import { usesOf } from "../_shared/uses.ts";
import type { Checkpoint, Finding, Format, MetadataValue, OpenContext } from "../types.ts";
import { dequantized, type Quantized, quantizedTensors } from "./dequantize.ts";
import { splitDirections } from "./directions.ts";
import { openExternal } from "./external.ts";
import { buildNetwork } from "./network.ts";
import { type GraphRecord, type ModelRecord, Scanner } from "./scan.ts";
import { looksLikeOnnx } from "./sniff.ts";
import { FORMAT, type TensorRecord } from "./tensorProto.ts";

/** Models in ONNX: the structure is scanned, what tensors hold is skipped until it is asked for. */
export const onnxFormat: Format = {
  manifest: { id: "onnx", title: "ONNX model", extensions: [".onnx"] },
  sniff: looksLikeOnnx,
  open,
};

async function open(source: ByteSource, context: OpenContext): Promise<Checkpoint> {
  const reader = new ProtoReader(source, FORMAT, context.signal);
  const model = await new Scanner(reader).model();
  if (model.graphs.length === 0) {
    throw new FormatError("The model has no graph.", {
      format: FORMAT,
      field: "graph",
      offset: reader.position,
      remedy: "The file is cut off or damaged: export it again.",
    });
  }
  const external = await openExternal(recordsOf(model), context);
  try {
    const { graph, entries, skipped, constants } = buildNetwork(model, source.uri, external.locate);
    const infos = new Map([...entries].map(([name, { info }]) => [name, info]));
    const uses = usesOf(graph, infos);
    const quantized = quantizedTensors(graph, entries);
    const labels = classNames(model.metadata);
    const list = uniquelyNamed(
      [...entries].flatMap(([name, entry]): readonly TensorEntry[] => {
        const use = uses.get(name);
        const codes = quantized.get(name);
        if (codes !== undefined) return weightAndCodes(codes, use);
        return use === undefined ? [entry] : splitDirections(entry, use);
      }),
    );
    return entryCheckpoint(
      {
        format: FORMAT,
        framework: model.facts.get("producer") === "pytorch" ? "pytorch" : "onnx",
        metadata: metadataOf(model, graph.nodes.length, constants),
        findings: findingsOf(model),
        skipped,
        graph,
        ...(external.files.size === 0
          ? {}
          : { companions: Array.from(external.files, ([name, { uri }]) => ({ name, uri })) }),
        ...(labels.length === 0 ? {} : { labels }),
      },
      list,
      new Map([[source.uri, source], ...external.files]),
      reader.bytesRead,
    );
  } catch (error) {
    for (const file of external.files.values()) await file.close();
    throw error;
  }
}

/** What came apart got new names: one that another tensor has already is numbered. */
function uniquelyNamed(entries: readonly TensorEntry[]): readonly TensorEntry[] {
  const names = new Set<string>();
  return entries.map((entry): TensorEntry => {
    let { name } = entry.info;
    for (let number = 2; names.has(name); number++) name = `${entry.info.name} #${number}`;
    names.add(name);
    return name === entry.info.name ? entry : { ...entry, info: { ...entry.info, name } };
  });
}

/** A quantized weight as the network computes with it, and its stored codes under a name of their own. */
function weightAndCodes(codes: Quantized, use: TensorUse | undefined): readonly TensorEntry[] {
  const weight = dequantized(codes);
  const { packed } = codes;
  const evidence = `integer codes of ${packed.info.name}, which is dequantized from them`;
  return [
    use === undefined
      ? weight
      : { ...weight, info: { ...weight.info, use: { ...use, evidence: `${use.evidence}, dequantized` } } },
    { ...packed, info: { ...packed.info, name: `${packed.info.name} (packed)`, use: { role: "buffer", evidence } } },
  ];
}

/** All tensors of a model, bodies and functions included. */
function* recordsOf(model: ModelRecord): Generator<TensorRecord> {
  const graphs: GraphRecord[] = [...model.graphs, ...model.functions];
  for (let graph = graphs.pop(); graph !== undefined; graph = graphs.pop()) {
    yield* graph.initializers;
    for (const sparse of graph.sparse) yield* [sparse.values, sparse.indices].filter((one) => one !== undefined);
    for (const { attributes } of graph.nodes) {
      for (const attribute of attributes) {
        yield* attribute.tensors;
        for (const sparse of attribute.sparse)
          yield* [sparse.values, sparse.indices].filter((one) => one !== undefined);
        graphs.push(...attribute.graphs);
      }
    }
  }
}

function metadataOf(model: ModelRecord, nodes: number, constants: number): Record<string, MetadataValue> {
  return Object.fromEntries<MetadataValue>([
    ["ir version", model.irVersion],
    ...model.facts,
    ["operator sets", Object.fromEntries(model.opsets)],
    ["nodes", nodes],
    ...(model.functions.length > 0 ? ([["functions", model.functions.length]] as const) : []),
    // Sizes, axes, indices and single numbers: in the graph, not in the table.
    ["small constants", constants],
    ...[...model.metadata].map(([key, value]) => [`metadata/${key}`, value] as const),
  ]);
}

function findingsOf(model: ModelRecord): Finding[] {
  return model.training
    ? [
        {
          kind: "warning",
          message: "The model carries training information (its own graph of losses and updates), which is not read.",
        },
      ]
    : [];
}
