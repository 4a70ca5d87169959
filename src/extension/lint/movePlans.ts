import * as vscode from "vscode";
import type { MovePlan } from "../../lint/types.ts";
import { editOf, isPlan } from "./moveEdits.ts";
import type { PlacedFinding } from "./sourceLint.ts";

type Request = (method: string, params: unknown) => Promise<unknown>;

/** Plans for findings, kept while their text stands: a light bulb is asked for at every step of the cursor. */
const plans = new WeakMap<PlacedFinding, Promise<MovePlan | null>>();

/** "Move to the critical line: σ_w 1 → 1.414", where it can be written. Undefined where the finding knows no such place, or nothing can be edited. */
export async function criticalAction(placed: PlacedFinding, request: Request): Promise<vscode.CodeAction | undefined> {
  const { finding, diagnostic, text } = placed;
  const { critical } = finding;
  if (critical === null || critical === undefined || !text.current) return undefined;
  const { model, from, to } = critical;
  const asked =
    plans.get(placed) ??
    request("lint/move", { text: text.text, request: { model, ...to, layers: null } }).then(
      (answer) => (isPlan(answer) ? answer : null),
      () => null,
    );
  plans.set(placed, asked);
  const plan = await asked;
  // Part of a network on the line is not what the title says.
  if (plan === null || plan.edits.length === 0 || plan.refusals.length > 0 || !text.current) return undefined;
  const edit = editOf(text, plan.edits, null);
  if (edit === null) return undefined;
  const bias = Math.abs(from.sigmaB - to.sigmaB) < 5e-4 ? "" : `, σ_b ${short(from.sigmaB)} → ${short(to.sigmaB)}`;
  const more = plan.also.length === 0 ? "" : `; moves also ${plan.also.join("; ")}`;
  const action = new vscode.CodeAction(
    `Move to the critical line: σ_w ${short(from.sigmaW)} → ${short(to.sigmaW)}${bias}${more} (a suggestion: it changes what is drawn)`,
    vscode.CodeActionKind.QuickFix,
  );
  action.diagnostics = [diagnostic];
  action.edit = edit;
  return action;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
