import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { likelyImage } from "../../base/imageShape.ts";
import { requireFinite } from "../../numerics/dense.ts";
import { chainProduct } from "../../numerics/learning/linearChain.ts";
import { inputOutputCorrelation, inputStructure, transposed } from "../../numerics/semantics/correlations.ts";
import { itemsOfNodes } from "../../numerics/trees/multifurcate.ts";
import { hierarchyOfMatrix } from "../_shared/heldHierarchy.ts";
import type { Study, StudyContext } from "../types.ts";
import { chainReport } from "./chain.ts";
import { type Given, readGiven } from "./given.ts";
import { manifest } from "./manifest.ts";
import { decompose, groupsOf, noiseOf, packed, reportModes, turned } from "./modes.ts";
import { networkReport } from "./networkReport.ts";
import { notesOf } from "./notes.ts";
import { readParameters } from "./parameters.ts";
import type { SemanticModesParameters, SemanticModesResult, Subject } from "./types.ts";

/** Modes of a table's correlations, of a chain of weights, and of a network's own map on the table's items. */
export const semanticModesStudy: Study<SemanticModesResult> = {
  manifest,

  async run(context, values) {
    const parameters = readParameters(values);
    const given = await readGiven(context, parameters);
    context.progress(0.1);
    return explain(given, parameters, context);
  },
};

async function explain(
  given: Given,
  parameters: SemanticModesParameters,
  { cancel, signal, progress, publish }: StudyContext,
): Promise<SemanticModesResult> {
  const { properties, inputs, network } = given;
  const { convention, centre, count, geometry, gap, draws } = parameters;
  if (properties === null && network === null)
    throw new ModeScopeError("bad-request", "Modes need a table of items × properties or a network.", {
      field: "files",
    });
  const y = properties?.values ?? null;
  const x = inputs?.values ?? null;
  const total = network === null ? null : chainProduct(network.layers);
  const sigma = y !== null ? inputOutputCorrelation({ y, x, convention, centre }) : total!;
  requireFinite(sigma);
  const weights = y === null && network!.layers.length === 1;
  const found = decompose(sigma, count, cancel, (part) => progress(0.1 + 0.3 * part));
  const noise = noiseOf(found, sigma.rows, sigma.columns, parameters.noise, weights);
  const groups = groupsOf(found.values, parameters.gap, noise);
  const itemSide = y === null ? (parameters.items ?? "columns") : "columns";
  const table = y ?? (itemSide === "columns" ? sigma : transposed(sigma));
  const items = table.columns;
  const chain = network === null || network.layers.length < 2 ? null : chainReport(network, count, cancel);
  const finite = chain?.logValues.filter((value) => value > Number.NEGATIVE_INFINITY).length ?? 0;
  const lost = y === null && found.complete ? Math.max(0, finite - found.values.length) : 0;
  const result = (hierarchy: ModeHierarchyResult | null): SemanticModesResult => {
    const linked = x === null && hierarchy !== null;
    const vectors = turned(found, groups, linked ? treeOf(hierarchy) : [], itemSide);
    const rowNames = properties?.featureNames ?? network?.rowNames ?? null;
    const columnNames = y !== null ? (x === null ? properties!.itemNames : inputs!.featureNames) : network!.columnNames;
    return {
      subject: subjectOf(given, parameters),
      rows: sigma.rows,
      columns: sigma.columns,
      convention,
      centred: y !== null && centre,
      totalSquare: found.totalSquare,
      spectrum: found.spectrum,
      modes: reportModes(found, vectors, groups, noise, count),
      left: packed(vectors.left, count),
      right: packed(vectors.right, count),
      noise,
      chain,
      inputs:
        inputs === null
          ? null
          : { file: inputs.file, inputs: inputs.values.rows, ...inputStructure(x, found.right, convention, items) },
      matrices: network?.matrices ?? [],
      network: networkReport(given, parameters, { found, groups, total }),
      labels: {
        rows: rowNames,
        columns: columnNames,
        from:
          properties === null
            ? (network?.labelsFrom ?? null)
            : rowNames === null && columnNames === null
              ? null
              : properties.file,
      },
      itemSide,
      items: properties?.itemNames ?? (y !== null ? null : itemSide === "columns" ? columnNames : rowNames),
      images: {
        rows: y === null ? null : likelyPicture(properties?.featureNames ?? null, sigma.rows),
        columns:
          y === null
            ? (network?.columnImage ?? null)
            : x === null
              ? null
              : likelyPicture(inputs!.featureNames, sigma.columns),
      },
      linked,
      hierarchy,
      notes: [
        ...given.notes,
        ...(network?.notes ?? []),
        ...notesOf(given, parameters, { noisy: noise !== null, lost }),
      ],
    };
  };
  publish(result(null));
  const growing = (part: number) => progress(0.4 + 0.6 * part);
  const hierarchy =
    items < 3
      ? null
      : await hierarchyOfMatrix(
          table,
          "table",
          { items: "columns", centre: y !== null && centre, geometry, gap, draws },
          { cancel, signal, progress: growing },
        );
  return result(hierarchy);
}

/** Names on the heading of pixels are rare: a table that has them is not shown as pictures. */
function likelyPicture(names: readonly string[] | null, length: number) {
  return names === null ? likelyImage(length) : null;
}

function treeOf({ nodes }: ModeHierarchyResult) {
  const items = itemsOfNodes(nodes);
  return nodes.map(({ children, parent, height }, at) => ({ children, parent, height, items: items[at]! }));
}

function subjectOf({ properties, network, inputs }: Given, { centre }: SemanticModesParameters): Subject {
  if (properties !== null) {
    const what = centre ? "Centred correlations" : "Correlations";
    return {
      kind: "correlation",
      title: `${what} of ${properties.file}`,
      file: properties.file,
      rowName: "property",
      columnName: inputs === null ? "item" : "input",
      items: properties.values.columns,
    };
  }
  const { tensors, file } = network!;
  const [first = ""] = tensors;
  return tensors.length === 1
    ? { kind: "matrix", title: `${first} of ${file}`, file, rowName: "output", columnName: "input", items: null }
    : {
        kind: "chain",
        title: `${[...tensors].reverse().join(" · ")} of ${file}`,
        file,
        rowName: "output",
        columnName: "input",
        items: null,
      };
}
