import { csvFormatRows } from "d3-dsv";
import { ModeScopeError } from "../../base/errors.ts";
import { safetensorsBytes } from "../../formats/safetensors/write.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import type { Plan } from "./plan.ts";
import type { SimulatorParameters, SimulatorResult } from "./types.ts";
import type { World } from "./world.ts";

type File = SimulatorResult["files"][number];

/** All files of a series: they pass through a message to the editor as a whole. */
const MOST_BYTES = 64 * 2 ** 20;

/** Collects checkpoints on the way; `at` is called with every step. */
export function seriesWriter(world: World, plan: Plan, { keep }: SimulatorParameters) {
  const last = Math.min(keep, plan.steps + 1) - 1;
  const wanted = new Set(
    keep === 0 ? [] : Array.from({ length: last + 1 }, (_, k) => Math.round((k * plan.steps) / Math.max(1, last))),
  );
  const entries = plan.layers.reduce((sum, { data }) => sum + data.length, 0);
  const bytes = 4 * entries * wanted.size;
  if (bytes > MOST_BYTES)
    throw new ModeScopeError(
      "limit-exceeded",
      `${wanted.size} checkpoints of ${entries} weights are ${Math.round(bytes / 2 ** 20)} MiB; ${MOST_BYTES / 2 ** 20} are the most.`,
      { field: "keep", remedy: "Ask for fewer checkpoints, or a narrower network." },
    );
  const digits = Math.max(4, String(plan.steps).length);
  const checkpoints: File[] = [];
  return {
    at(step: number, layers: readonly DenseMatrix[]): void {
      if (!wanted.has(step)) return;
      const tensors = layers.map(({ rows, columns, data }, l) => ({
        name: `layers.${l}.weight`,
        shape: [rows, columns],
        data: Float32Array.from(data),
      }));
      checkpoints.push({
        name: `step-${String(step).padStart(digits, "0")}.safetensors`,
        bytes: safetensorsBytes(tensors, {
          format: "pt",
          step: String(step),
          lr: String(plan.rate),
          optimizer: "SGD",
          loss: "half the summed squared error",
        }),
      });
    },
    files: (): readonly File[] => (keep === 0 ? [] : [...checkpoints, dataFile(world)]),
  };
}

function dataFile({ y, itemNames, propertyNames }: World): File {
  const rows = itemNames.map((name, i) => [
    name,
    ...Array.from({ length: y.rows }, (_, m) => String(y.data[m * y.columns + i])),
  ]);
  const text = csvFormatRows([["item", ...propertyNames], ...rows]);
  return { name: "data.csv", bytes: new TextEncoder().encode(`${text}\n`) };
}
