import * as vscode from "vscode";
import type { ModelSummary, PhasePoint, PictureTheme } from "../../lint/types.ts";
import { isRecord } from "../../protocol/guards.ts";
import { pageOf } from "./diagnostics.ts";
import { textWith } from "./lintedText.ts";
import { criticalAction } from "./movePlans.ts";
import type { PlacedFinding, SourceLint } from "./sourceLint.ts";

const PYTHON: vscode.DocumentSelector = { language: "python" };
/** There once the phase diagram's panel is; the lens says the same without it, only with nothing to click. */
const DIAGRAM = "modescope.openPhaseDiagram";

/** Hovers, lenses and quick fixes over what the lint found. */
export function registerLintProviders(
  lint: SourceLint,
  request: (method: string, params: unknown) => Promise<unknown>,
): vscode.Disposable[] {
  const lenses = new vscode.EventEmitter<void>();
  return [
    lenses,
    lint.onChanged(() => lenses.fire()),
    vscode.languages.registerHoverProvider(PYTHON, {
      provideHover: (document, position) => hover(lint, request, document, position),
    }),
    vscode.languages.registerCodeLensProvider(PYTHON, {
      onDidChangeCodeLenses: lenses.event,
      provideCodeLenses: async (document) => {
        const diagram = (await vscode.commands.getCommands(true)).includes(DIAGRAM);
        return lint.models(document).map(({ model, range }) => {
          const linked = diagram && model.point !== null;
          const which = model.instance === null ? "" : `${model.instance}: `;
          return new vscode.CodeLens(range, {
            title: `${which}${model.text}${linked ? " · open phase diagram" : ""}`,
            command: linked ? DIAGRAM : "",
            tooltip: "Phase of this network at initialization, by the mean-field theory of wide random networks",
            arguments: linked ? [diagramOf(document, model)] : [],
          });
        });
      },
    }),
    vscode.languages.registerCodeActionsProvider(
      PYTHON,
      {
        provideCodeActions: async (document, range, context) => {
          const here = lint
            .findings(document)
            .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined);
          if (context.only?.contains(FIX_ALL) === true) return fixAll(document, lint.findings(document));
          const moves = await Promise.all(here.map((placed) => moveFor(placed, request)));
          return here.flatMap((placed, at) => [...(moves[at] ?? []), ...actionsFor(document, placed)]);
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, FIX_ALL] },
    ),
  ];
}

/** What the panel begins with, and where it finds the network again when the code has changed. */
function diagramOf(
  document: vscode.TextDocument,
  { point, layers, name, key }: ModelSummary,
): Readonly<Record<string, unknown>> {
  return { point, layers, name, source: { document: textWith(document)?.key ?? document.uri.toString(), model: key } };
}

const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append("modescope");

async function hover(
  lint: SourceLint,
  request: (method: string, params: unknown) => Promise<unknown>,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const here = lint
    .findings(document)
    .find(({ diagnostic, finding }) => finding.point !== null && diagnostic.range.contains(position));
  const point = here?.finding.point;
  if (here === undefined || point === null || point === undefined) return undefined;
  const picture = await pictureOf(request, point);
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown(
    `**${point.phase}**: σ_w² = ${short(point.weight)}, σ_b² = ${short(point.bias)}, χ₁ = ${short(point.chiOne)}${point.xiC === null ? "" : `, ξ_c = ${short(point.xiC)}`}\n\n`,
  );
  if (picture !== null)
    text.appendMarkdown(`![This layer in its plane of initializations: ${point.phase}](${picture})\n\n`);
  text.appendMarkdown(`[${here.finding.rule}: why, formula, reference](${pageOf(here.finding.rule).toString()})`);
  return new vscode.Hover(text, here.diagnostic.range);
}

async function pictureOf(
  request: (method: string, params: unknown) => Promise<unknown>,
  point: PhasePoint,
): Promise<string | null> {
  const answer = await request("lint/picture", { point, theme: theme() }).catch(() => null);
  if (!isRecord(answer) || typeof answer.svg !== "string") return null;
  const bytes = new TextEncoder().encode(answer.svg);
  return `data:image/svg+xml;base64,${btoa(String.fromCharCode(...bytes))}`;
}

function theme(): PictureTheme {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return "light";
    case vscode.ColorThemeKind.HighContrast:
      return "high-contrast";
    case vscode.ColorThemeKind.HighContrastLight:
      return "high-contrast-light";
    default:
      return "dark";
  }
}

function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "∞";
}

function actionsFor(document: vscode.TextDocument, placed: PlacedFinding): vscode.CodeAction[] {
  const { finding, diagnostic } = placed;
  const fixes = finding.fixes.map(({ title, safe }, index) => {
    const action = new vscode.CodeAction(
      safe ? title : `${title} (a suggestion: it changes what is drawn)`,
      vscode.CodeActionKind.QuickFix,
    );
    action.diagnostics = [diagnostic];
    action.isPreferred = safe;
    action.edit = editOf(placed, [index]);
    return action;
  });
  const silence = new vscode.CodeAction(`Silence ${finding.rule} on this line`, vscode.CodeActionKind.QuickFix);
  silence.diagnostics = [diagnostic];
  silence.edit = new vscode.WorkspaceEdit();
  silence.edit.insert(
    document.uri,
    document.lineAt(diagnostic.range.start.line).range.end,
    `  # modescope: ignore[${finding.rule}]`,
  );
  return [...fixes, silence];
}

/** One way to the critical line is enough: a fix of the rule's own goes there with fewer words. */
async function moveFor(
  placed: PlacedFinding,
  request: (method: string, params: unknown) => Promise<unknown>,
): Promise<vscode.CodeAction[]> {
  if (placed.finding.fixes.some(({ title }) => title.includes("critical for"))) return [];
  const action = await criticalAction(placed, request);
  return action === undefined ? [] : [action];
}

function editOf(
  { finding, text }: PlacedFinding,
  which: readonly number[],
  edit = new vscode.WorkspaceEdit(),
): vscode.WorkspaceEdit {
  for (const index of which)
    for (const { from, to, text: written } of finding.fixes[index]?.edits ?? []) {
      const place = text.place(from, to);
      if (place !== null) edit.replace(place.document.uri, place.range, written);
    }
  return edit;
}

/** Only what is safe, and no two at one place. */
function fixAll(document: vscode.TextDocument, findings: readonly PlacedFinding[]): vscode.CodeAction[] {
  const edit = new vscode.WorkspaceEdit();
  for (const placed of findings) {
    const safe = placed.finding.fixes.findIndex((fix) => fix.safe);
    if (safe >= 0) editOf(placed, [safe], edit);
  }
  if (edit.size === 0) return [];
  const action = new vscode.CodeAction(
    `Fix all that is plain in ${vscode.workspace.asRelativePath(document.uri)}`,
    FIX_ALL,
  );
  action.edit = edit;
  return [action];
}
