import type { DescribedTensor, TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { attentionParts } from "./attention.ts";
import type { FusedReading } from "./fused.ts";
import { type Conventions, readConventions, readLayout } from "./layout.ts";
import { bareMatrix, type MatrixResult, tableMatrix, weightMatrix } from "./matrix.ts";
import { placementOf } from "./placement.ts";
import { kerasGates, torchGates } from "./recurrent.ts";
import { type RoleReading, readRole } from "./roles.ts";
import { stateSpaceParts } from "./stateSpace.ts";
import { indexByName, type Subject, subjectOf } from "./subject.ts";

type Reading = Pick<DescribedTensor, "layout" | "evidence" | "parts" | "matrix">;

/**
 * What each tensor of a checkpoint is, from names, shapes, dtypes and siblings alone: no value is read.
 * Linear in the number of tensors.
 */
export function describeTensors(checkpoint: Checkpoint): DescribedTensor[] {
  const lookup = indexByName(checkpoint.tensors);
  const conventions = readConventions(checkpoint.tensors, lookup);
  return checkpoint.tensors.map((tensor) =>
    describe(tensor, subjectOf(tensor, checkpoint.framework, lookup), conventions),
  );
}

function describe(tensor: TensorInfo, subject: Subject, conventions: Conventions): DescribedTensor {
  const placement = placementOf(subject);
  if (placement?.kind === "optimizer-state") {
    return { ...tensor, role: "optimizer-state", layout: "none", evidence: placement.evidence, parts: [] };
  }
  const { role, evidence } = readRole(subject);
  const reading = readAs({ role, evidence }, subject, conventions);
  const averaged = placement?.kind === "ema" && role !== "scalar" && role !== "buffer";
  if (!averaged) return { ...tensor, role, ...reading };
  return {
    ...tensor,
    role: "ema",
    ...reading,
    evidence: `${placement.evidence}: average of a ${role}; ${reading.evidence}`,
  };
}

function readAs(reading: RoleReading, subject: Subject, conventions: Conventions): Reading {
  switch (reading.role) {
    case "weight":
      return readWeight(reading, subject, conventions);
    case "bias":
      return readBias(reading, subject);
    case "embedding":
    case "position":
      return withMatrix("none", reading.evidence, undefined, tableMatrix(subject));
    case "other":
      return withMatrix("none", reading.evidence, undefined, bareMatrix(subject));
    default:
      return { layout: "none", evidence: reading.evidence, parts: [] };
  }
}

function readWeight(role: RoleReading, subject: Subject, conventions: Conventions): Reading {
  if (subject.tensor.shape.length < 2) return { layout: "none", evidence: role.evidence, parts: [] };
  const layout = readLayout(subject, conventions);
  const outputAxis = layout.layout === "in-out" ? subject.tensor.shape.length - 1 : 0;
  const evidence = [role.evidence, layout.evidence].filter((phrase) => phrase !== "").join("; ");
  return withMatrix(layout.layout, evidence, fusedIn(subject, outputAxis), weightMatrix(subject, layout));
}

function readBias(role: RoleReading, subject: Subject): Reading {
  const fused = fusedIn(subject, subject.tensor.shape.length - 1);
  return withMatrix("none", role.evidence, fused, { reason: "" });
}

function fusedIn(subject: Subject, outputAxis: number): FusedReading | undefined {
  const parts = subject.tensor.use?.parts;
  if (parts !== undefined) return { kind: "known", parts, evidence: "" };
  return (
    torchGates(subject) ??
    kerasGates(subject) ??
    attentionParts(subject, outputAxis) ??
    stateSpaceParts(subject, outputAxis)
  );
}

/** Joins the readings. A fused tensor that does not come apart gets no matrix: every number of it would be false. */
function withMatrix(
  layout: DescribedTensor["layout"],
  evidence: string,
  fused: FusedReading | undefined,
  result: MatrixResult,
): Reading {
  const phrases = [evidence, fused?.evidence ?? "", "reason" in result ? result.reason : ""];
  const said = phrases.filter((phrase) => phrase !== "").join("; ");
  const parts = fused?.kind === "known" ? fused.parts : [];
  return "matrix" in result && fused?.kind !== "unknown"
    ? { layout, evidence: said, parts, matrix: result.matrix }
    : { layout, evidence: said, parts };
}
