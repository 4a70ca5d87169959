import * as vscode from "vscode";
import { isRecord } from "../protocol/guards.ts";
import { CodeLinks } from "./codeLinks/codeLinks.ts";
import { registerCommands } from "./commands.ts";
import { registerCheckpointEditors } from "./editors/checkpointEditor.ts";
import { EngineClient } from "./engineClient.ts";
import { LabelFiles } from "./files/labelFiles.ts";
import { workspaceFiles } from "./files/workspaceFiles.ts";
import { registerCheckpointLintCommands } from "./lint/checkpointCommands.ts";
import { CheckpointLints } from "./lint/checkpointLints.ts";
import { CheckpointSources } from "./lint/checkpointSources.ts";
import { registerLintProviders } from "./lint/providers.ts";
import { SourceLint } from "./lint/sourceLint.ts";
import { ChosenFiles } from "./panels/chosenFiles.ts";
import { References } from "./panels/references.ts";
import { StudyPanels } from "./panels/studyPanels.ts";
import { TensorPanels } from "./panels/tensorPanels.ts";
import type { PanelServices } from "./panels/webviewHost.ts";
import { readingsFromSettings } from "./readTensorAs.ts";
import { CaptureScripts } from "./representations/capture.ts";
import { runModel } from "./representations/runModel.ts";
import { type PanelState, RunStatus } from "./runStatus.ts";
import { registerStudyCommands } from "./studies/registerStudyCommands.ts";
import { registerTensorCommands } from "./tensorCommands.ts";
import { CheckpointTree } from "./tree/checkpointTree.ts";

export interface ExtensionApi {
  readonly testApi: {
    panelState(uri: vscode.Uri): Promise<PanelState>;
    /** For the test that kills it. */
    computeProcess(): number | null;
  };
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const log = vscode.window.createOutputChannel("ModeScope", { log: true });
  const engine = new EngineClient(context, workspaceFiles(), log);
  const status = new RunStatus((run) => void engine.request("run/cancel", { run }).catch((error) => log.warn(error)));
  const codeLinks = new CodeLinks();
  const tensors = new TensorPanels(() => services);
  const studies = new StudyPanels(() => services);
  const capture = new CaptureScripts();
  const ask = (method: string, params: unknown, signal?: AbortSignal) => engine.request(method, params, signal);
  const lint = new SourceLint(ask, log);
  const readings = () => readingsFromSettings(log);
  const lints = new CheckpointLints(
    engine,
    codeLinks,
    new CheckpointSources(ask, codeLinks, context.workspaceState),
    readings,
    log,
  );
  const services: PanelServices = {
    extensionUri: context.extensionUri,
    engine,
    references: new References(context.workspaceState),
    chosen: new ChosenFiles(context.workspaceState),
    codeLinks,
    code: { lint, request: ask },
    labels: new LabelFiles(context.workspaceState),
    lints,
    openTensor: (uri, target) => tensors.open(uri, target),
    openStudy: (place) => studies.open(place),
    readings,
    observe(uri, method, params, result) {
      if (method === "checkpoint/open") log.info(openingLine(result));
      status.observe(uri, method, params, result);
    },
  };
  context.subscriptions.push(
    log,
    engine,
    lint,
    ...registerLintProviders(lint, ask),
    lints,
    ...registerCheckpointLintCommands(lints),
    codeLinks,
    status,
    tensors,
    studies,
    engine.onEvent(({ event, data }) => status.event(event, data)),
    registerCheckpointEditors(services),
    tensors.register(),
    studies.register(),
    CheckpointTree.register(),
    ...registerCommands(),
    capture,
    vscode.commands.registerCommand("modescope.runModel", (clicked?: unknown) => runModel(engine, clicked)),
    vscode.commands.registerCommand("modescope.writeCaptureScript", () => capture.write()),
    ...registerStudyCommands((place) => studies.open(place)),
    ...registerTensorCommands(tensors, codeLinks, engine),
    vscode.commands.registerCommand("modescope.cancelRuns", () => status.cancelAll()),
    vscode.commands.registerCommand("modescope.showLog", () => log.show()),
  );
  lint.all();
  return { testApi: { panelState: async (uri) => status.panelState(uri), computeProcess: () => engine.processId } };
}

/** What opening cost, for whoever wonders about a large file. */
function openingLine(summary: unknown): string {
  if (!isRecord(summary) || !isRecord(summary.totals)) return "Opened a checkpoint.";
  const { name, totals, fileBytes, openMilliseconds, bytesRead } = summary;
  return `Opened ${name}: ${totals.tensors} tensors, ${fileBytes} bytes, in ${Math.round(Number(openMilliseconds))} ms with ${bytesRead} bytes read.`;
}

export function deactivate(): void {}
