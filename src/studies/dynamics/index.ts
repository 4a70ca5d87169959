import { ModeScopeError } from "../../base/errors.ts";
import { follow } from "../../series/follow.ts";
import { readDataTable } from "../../series/table.ts";
import { timeConstant } from "../../series/timeConstant.ts";
import type { Study } from "../types.ts";
import { readParameters } from "./parameters.ts";
import { readSeries } from "./readSeries.ts";
import type { DynamicsResult } from "./types.ts";

/** How the modes of the data were learned over a series of checkpoints, beside the theory of deep linear networks. */
export const dynamicsStudy: Study<DynamicsResult> = {
  manifest: {
    id: "dynamics",
    version: 1,
    title: "Learning dynamics",
    description:
      "How the modes of the data were learned over a series of checkpoints, beside the theory of deep linear networks.",
    files: {
      checkpoint: { description: "checkpoints of one run, in order of training", least: 3 },
      table: { description: "tables of items × properties that were taught", least: 1, most: 1 },
    },
    needs: ["series", "items"],
    citations: [
      "A. M. Saxe, J. L. McClelland & S. Ganguli (2014), Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
      "A. M. Saxe, J. L. McClelland & S. Ganguli (2019), A mathematical theory of semantic development in deep neural networks, PNAS",
    ],
    assumptions: [
      "A linear network: checkpoints do not say whether there are nonlinearities.",
      "One-hot items, each taught equally often.",
      "Plain gradient descent, where times are predicted.",
    ],
    quantities: {},
  },

  async run(context, parameters) {
    const checkpoints = context.files.filter(({ role }) => role === "checkpoint");
    const { steps, rate, loss, momentum } = readParameters(parameters, checkpoints.length);
    const tableFile = context.files.find(({ role }) => role === "table");
    if (tableFile === undefined)
      throw new ModeScopeError("bad-request", "A data table is needed.", { field: "files.table" });
    const { table, data } = await context.withFile(tableFile, async ({ name, checkpoint, tensors }) => ({
      table: name,
      data: await readDataTable(name, checkpoint, tensors, context.signal),
    }));
    const { moments, layerNames, leftOut, refused } = await readSeries(context, steps);
    const { columns: items, rows: properties } = data.y;
    const tau = rate === null ? null : timeConstant(loss, { rate, momentum, items, properties });
    return {
      checkpoints: moments.map(({ name, step }) => ({ name, step })),
      layers: layerNames,
      leftOut,
      refused,
      table,
      items,
      properties,
      itemNames: data.itemNames,
      propertyNames: data.propertyNames,
      timeConstant: tau,
      ...follow({ moments, layerNames, leftOut, refused }, data, tau),
    };
  },
};
