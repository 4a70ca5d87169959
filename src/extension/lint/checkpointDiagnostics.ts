import * as vscode from "vscode";
import type { CheckpointFinding } from "../../lint/types.ts";
import type { CheckpointLintResult } from "../../studies/checkpoint-lint/types.ts";
import type { CodeLinks } from "../codeLinks/codeLinks.ts";
import type { CheckpointSources } from "./checkpointSources.ts";
import { pageOf, SEVERITY } from "./diagnostics.ts";

/** More findings than this in one file are one finding too often. */
const MOST_FINDINGS = 500;

export interface CheckpointDiagnostics {
  readonly checkpoint: readonly vscode.Diagnostic[];
  /** On lines of sources that disagree, by the source's URI. */
  readonly sources: ReadonlyMap<string, readonly vscode.Diagnostic[]>;
}

/** A checkpoint has no lines: its findings stand at its beginning and name the tensor. */
const BEGINNING = new vscode.Range(0, 0, 0, 0);

/** Findings as the Problems panel shows them, on the checkpoint and on the lines of sources that disagree, each with a way to the other. */
export async function diagnosticsOf(
  uri: vscode.Uri,
  { findings, weights }: Pick<CheckpointLintResult, "findings" | "weights">,
  codeLinks: CodeLinks,
  sources: CheckpointSources,
): Promise<CheckpointDiagnostics> {
  const checkpoint: vscode.Diagnostic[] = [];
  const bySource = new Map<string, vscode.Diagnostic[]>();
  for (const finding of findings.slice(0, MOST_FINDINGS)) {
    const label = labelOf(finding, weights);
    const own = diagnostic(BEGINNING, label === null ? finding.message : `${label}: ${finding.message}`, finding);
    own.relatedInformation = await relatedOf(uri, finding, codeLinks, sources);
    checkpoint.push(own);
    const { stated } = finding;
    if (stated === null) continue;
    const there = diagnostic(sources.range(stated.uri, stated.from, stated.to), stated.message, finding);
    there.relatedInformation = [
      new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, BEGINNING), `${label}: ${finding.message}`),
    ];
    bySource.set(stated.uri, [...(bySource.get(stated.uri) ?? []), there]);
  }
  return { checkpoint, sources: bySource };
}

function diagnostic(range: vscode.Range, message: string, { rule, severity, assumptions }: CheckpointFinding) {
  const supposed = assumptions.length === 0 ? "" : `\nSupposes ${assumptions.join("; ")}.`;
  const made = new vscode.Diagnostic(range, `${message}${supposed}`, SEVERITY[severity]);
  made.source = "ModeScope";
  made.code = { value: rule, target: pageOf(rule) };
  return made;
}

async function relatedOf(
  uri: vscode.Uri,
  { tensor, stated }: CheckpointFinding,
  codeLinks: CodeLinks,
  sources: CheckpointSources,
): Promise<vscode.DiagnosticRelatedInformation[]> {
  if (stated !== null) {
    const place = new vscode.Location(
      vscode.Uri.parse(stated.uri, true),
      sources.range(stated.uri, stated.from, stated.to),
    );
    return [new vscode.DiagnosticRelatedInformation(place, `${stated.label} states it here.`)];
  }
  const [place] = tensor === null ? [] : await codeLinks.find(uri, tensor);
  if (place === undefined) return [];
  const at = new vscode.Location(vscode.Uri.parse(place.path, true), new vscode.Position(place.line, 0));
  return [new vscode.DiagnosticRelatedInformation(at, `The line that makes it: ${place.text}`)];
}

function labelOf({ tensor, part }: CheckpointFinding, weights: CheckpointLintResult["weights"]): string | null {
  if (tensor === null || part === null) return tensor;
  const block = weights.find((weight) => weight.tensor === tensor && weight.part === part)?.partLabel;
  return `${tensor} · ${block ?? `block ${part}`}`;
}
