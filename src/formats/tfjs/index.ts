import type { ByteSource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import type { TensorInfo, TensorUse } from "../../base/tensor.ts";
import { classNames } from "../_shared/classNames.ts";
import { entryCheckpoint, type TensorEntry } from "../_shared/entryCheckpoint.ts";
import { usesOf } from "../_shared/uses.ts";
import type { Checkpoint, Finding, Format, MetadataValue, OpenContext, SkippedTensor, SniffInput } from "../types.ts";
import { FORMAT, type Manifest, readManifest, type WeightGroup } from "./manifest.ts";
import { graphOf, layerClasses, plainData } from "./topology.ts";
import { useByName } from "./use.ts";
import { type OpenGroup, readGroup } from "./weights.ts";

/** Models of TensorFlow.js: a description in JSON, and binary files beside it. */
export const tfjsFormat: Format = {
  manifest: {
    id: FORMAT,
    title: "TensorFlow.js model",
    extensions: ["model.json", "weights_manifest.json"],
    folder: [{ name: "model.json", beside: ["*.bin"] }],
  },
  sniff: looksLikeTfjs,
  open,
};

/** A model.json of either kind, or a bare list of groups of weights. */
function looksLikeTfjs({ head }: SniffInput): boolean {
  if (head[0] !== 0x7b && head[0] !== 0x5b && (head[0] ?? 0) > 0x20) return false;
  const text = new TextDecoder().decode(head);
  if (/^\s*\{/.test(text)) return /"(modelTopology|weightsManifest)"\s*:/.test(text) && !text.includes('"weight_map"');
  return /^\s*\[\s*\{\s*"(weights|paths)"\s*:\s*\[/.test(text);
}

async function open(source: ByteSource, context: OpenContext): Promise<Checkpoint> {
  const manifest = await readManifest(source, context.signal);
  const files = new Map([[source.uri, source]]);
  const entries = new Map<string, TensorEntry>();
  const skipped: SkippedTensor[] = manifest.broken.map((name) => ({
    name,
    reason: "its record in the manifest cannot be read",
  }));
  const labels = [...classNames(userData(manifest))];
  let bytesRead = source.size;
  try {
    for (const group of manifest.groups) {
      const read = await readGroup(group, await openGroup(group, files, context), context.signal);
      bytesRead += read.bytesRead;
      skipped.push(...read.skipped);
      labels.push(...read.labels);
      for (const entry of read.entries) {
        const { name } = entry.info;
        if (entries.has(name)) skipped.push({ name, reason: "another weight has the same name" });
        else entries.set(name, entry);
      }
    }
  } catch (error) {
    for (const file of files.values()) if (file !== source) await file.close();
    throw error;
  }
  const infos = new Map([...entries].map(([name, { info }]) => [name, info]));
  const graph = graphOf(manifest.model?.modelTopology, new Set(infos.keys()));
  const uses = graph === undefined ? new Map<string, TensorUse>() : usesOf(graph, infos);
  const list = [...entries.values()].map((entry): TensorEntry => {
    const use = uses.get(entry.info.name) ?? useByName(entry.info);
    return use === undefined ? entry : { ...entry, info: { ...entry.info, use } };
  });
  return entryCheckpoint(
    {
      format: FORMAT,
      framework: graph === undefined && manifest.model !== null ? "keras" : "tensorflow",
      metadata: metadataOf(manifest, graph?.nodes.length),
      findings: quantizedFinding(list.map(({ info }) => info)),
      skipped,
      ...(graph === undefined ? {} : { graph }),
      ...(labels.length === 0 ? {} : { labels }),
    },
    list,
    files,
    bytesRead,
  );
}

/** Opens a group's files in order, up to the first that cannot be: what lies behind it has no place. */
async function openGroup(group: WeightGroup, files: Map<string, ByteSource>, context: OpenContext): Promise<OpenGroup> {
  const shards: { name: string; file: ByteSource; start: number }[] = [];
  let length = 0;
  for (const name of group.paths) {
    try {
      const file = files.get(name) ?? (await context.sibling(name));
      files.set(name, file);
      shards.push({ name, file, start: length });
      length += file.size;
    } catch (error) {
      context.signal?.throwIfAborted();
      return { shards, length, missing: `its file ${name} cannot be read: ${serializeError(error).message}` };
    }
  }
  return { shards, length, missing: undefined };
}

/** Data that the model's author added, as plain data. */
function userData({ model }: Manifest): readonly (readonly [string, MetadataValue])[] {
  const own = model?.userDefinedMetadata;
  return typeof own === "object" && own !== null
    ? Object.entries(own).map(([key, value]) => [key, plainData(value)] as const)
    : [];
}

function metadataOf({ model }: Manifest, nodes: number | undefined): Record<string, MetadataValue> {
  if (model === null) return {};
  const kept = ["format", "generatedBy", "convertedBy", "signature", "trainingConfig", "userDefinedMetadata"];
  const layers = layerClasses(model.modelTopology);
  return Object.fromEntries<MetadataValue>([
    ...kept
      .filter((key) => model[key] !== undefined && model[key] !== null)
      .map((key) => [key, plainData(model[key])] as const),
    ...(Object.keys(layers).length > 0 ? [["layers", layers] as const] : []),
    ...(nodes === undefined ? [] : [["nodes", nodes] as const]),
  ]);
}

function quantizedFinding(tensors: readonly TensorInfo[]): Finding[] {
  const quantized = tensors.filter(({ dtype }) => dtype === "u8_affine" || dtype === "u16_affine");
  return quantized.length === 0
    ? []
    : [
        {
          kind: "warning",
          message: `${quantized.length} of ${tensors.length} weights are quantized (${[...new Set(quantized.map(({ dtype }) => (dtype === "u8_affine" ? "8" : "16")))].join(" and ")} bits with one scale each): their values are the dequantized ones, and rounding noise fills their smallest singular values.`,
        },
      ];
}
