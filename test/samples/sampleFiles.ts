import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memorySource } from "../../src/base/byteSource.ts";
import type { DescribedTensor } from "../../src/base/tensor.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";

export const SAMPLES = fileURLToPath(new URL("../../samples", import.meta.url));

/** Every committed sample checkpoint, by its path within the samples folder; a virtual environment there is none. */
export function checkpointFiles(): readonly string[] {
  return (
    readdirSync(SAMPLES, { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => /\.(safetensors|pt|npz|npy)$/.test(path) && !/(^|\/)(\.|node_modules\/)/.test(path))
      // What networks answered to stimuli is no checkpoint.
      .filter((path) => !/^two-seeds\/.*\.np[yz]$/.test(path))
      .sort()
  );
}

/** Folders of a series with their files, the earliest first. */
export function seriesOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const series = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    if (folder.endsWith("/checkpoints")) series.set(folder, [...(series.get(folder) ?? []), file]);
  }
  return series;
}

export function sizeOf(file: string): number {
  return statSync(join(SAMPLES, file)).size;
}

export interface OpenSample {
  readonly tensors: ReadonlyMap<string, DescribedTensor>;
  readonly findings: readonly string[];
  values(tensor: string): Promise<readonly number[]>;
}

export async function openSample(file: string): Promise<OpenSample> {
  const bytes = new Uint8Array(readFileSync(join(SAMPLES, file)));
  const name = file.slice(file.lastIndexOf("/") + 1);
  const { checkpoint } = await openCheckpoint(memorySource(bytes, file), name, {
    sibling: () => Promise.reject(new Error("samples are single files")),
  });
  const described = describeTensors(checkpoint);
  return {
    tensors: new Map(described.map((tensor) => [tensor.name, tensor])),
    findings: checkpoint.findings.map(({ message }) => message),
    values: async (tensor) => {
      const found = described.find(({ name: candidate }) => candidate === tensor);
      if (found === undefined) throw new Error(`${file} has no tensor ${tensor}`);
      return Array.from(await checkpoint.read(tensor, 0, found.elements));
    },
  };
}

/** Second moment about zero: the estimator of a law whose mean is zero. */
export function meanSquare(values: readonly number[]): number {
  return values.reduce((total, value) => total + value * value, 0) / values.length;
}
