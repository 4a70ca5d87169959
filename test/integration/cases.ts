import * as vscode from "vscode";
import { check, eventually, type Test } from "./runner.ts";

/** What every host must do, desktop, remote and web alike. */
interface PanelState {
  readonly rows: number;
  readonly done: number;
  readonly total: number;
  readonly state: string;
}

interface ExtensionApi {
  readonly testApi: { panelState(uri: vscode.Uri): Promise<PanelState>; computeProcess(): number | null };
}

const EXTENSION = "modescope.modescope";
const EDITOR = "modescope.checkpoint";

export async function extensionApi(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>(EXTENSION);
  check(extension !== undefined, `${EXTENSION} is not installed in this host.`);
  return extension.activate();
}

export function sample(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  check(folder !== undefined, "The suite needs a workspace folder.");
  return vscode.Uri.joinPath(folder, path);
}

/** The tab in which this file is open in our editor. */
export async function editorTab(uri: vscode.Uri): Promise<vscode.Tab> {
  return eventually(`the checkpoint editor of ${uri.path}`, async () => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.find(
      ({ input }) =>
        input instanceof vscode.TabInputCustom &&
        input.viewType.startsWith(EDITOR) &&
        input.uri.toString() === uri.toString(),
    );
  });
}

/** Waits until every run over this checkpoint has ended. */
export async function finished(uri: vscode.Uri): Promise<PanelState> {
  const { testApi } = await extensionApi();
  let last: PanelState | undefined;
  return eventually(`the analysis of ${uri.path}`, async () => {
    last = await testApi.panelState(uri);
    return last.state === "finished" && last.rows > 0 ? last : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)} Last state: ${JSON.stringify(last)}`);
  });
}

export async function analyses(path: string, rowsAtLeast: number): Promise<void> {
  const uri = sample(path);
  await vscode.commands.executeCommand("modescope.analyzeCheckpoint", uri);
  await editorTab(uri);
  const state = await finished(uri);
  check(state.rows >= rowsAtLeast, `${path}: ${state.rows} rows, at least ${rowsAtLeast} were expected.`);
  check(
    state.total > 0 && state.done === state.total,
    `${path}: ${state.done} of ${state.total} targets were analysed.`,
  );
}

export const SMOKE: readonly Test[] = [
  {
    name: "the extension activates and offers its commands",
    async run() {
      await extensionApi();
      const commands = await vscode.commands.getCommands(true);
      for (const wanted of [
        "modescope.analyzeCheckpoint",
        "modescope.refreshCheckpoints",
        "modescope.cancelRuns",
        "modescope.showLog",
      ]) {
        check(commands.includes(wanted), `The command ${wanted} is not registered.`);
      }
    },
  },
  {
    name: "a safetensors checkpoint is analysed to the end",
    run: () => analyses("toy-world/four-items/checkpoints/step-0000.safetensors", 2),
  },
  {
    name: "a PyTorch checkpoint is analysed to the end",
    run: () => analyses("digits/mlp/checkpoints/epoch-010.pt", 4),
  },
];

export const WORKBENCH: readonly Test[] = [
  {
    name: "an npz archive is analysed to the end",
    run: () => analyses("transformer/exported.npz", 1),
  },
  {
    name: "a double-click on a PyTorch checkpoint opens our editor",
    async run() {
      const uri = sample("digits/conv/checkpoints/epoch-001.pt");
      await vscode.commands.executeCommand("vscode.open", uri);
      await editorTab(uri);
      const state = await finished(uri);
      check(state.rows > 0, "The overview has no rows.");
    },
  },
  {
    name: "Show Mode Hierarchy on a table opens its matrix; a table is never taken from the text editor",
    async run() {
      const table = sample("toy-world/four-items/data.csv");
      await vscode.commands.executeCommand("vscode.open", table);
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      check(activeTab?.input instanceof vscode.TabInputText, "A table must open as text.");
      await vscode.commands.executeCommand("modescope.showModeHierarchy", table);
      await eventually("the view of the table's matrix", async () =>
        vscode.window.tabGroups.all
          .flatMap((group) => group.tabs)
          .find(({ input, label }) => input instanceof vscode.TabInputWebview && label === "data"),
      );
    },
  },
  {
    name: "several checkpoints selected in the explorer open one editor each",
    async run() {
      const uris = ["step-0000.pt", "step-1000.pt"].map((name) => sample(`rnn/lstm/checkpoints/${name}`));
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", uris[0], uris);
      for (const uri of uris) await editorTab(uri);
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      check(
        vscode.window.tabGroups.all.every((group) => group.tabs.length === 0),
        "An editor stayed open.",
      );
    },
  },
  {
    name: "a folder that is one model opens as one, by its index",
    async run() {
      const folder = sample("sharded-model");
      const shard = (value: number) => {
        const header = new TextEncoder().encode(
          JSON.stringify({ [`layer${value}.weight`]: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] } }),
        );
        const bytes = new Uint8Array(8 + header.length + 16);
        new DataView(bytes.buffer).setUint32(0, header.length, true);
        bytes.set(header, 8);
        bytes.set(new Uint8Array(Float32Array.of(value, 0, 0, 1).buffer), 8 + header.length);
        return bytes;
      };
      const index = { weight_map: { "layer1.weight": "one.safetensors", "layer2.weight": "parts/two.safetensors" } };
      const write = (name: string, bytes: Uint8Array) =>
        vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
      await write("one.safetensors", shard(1));
      await write("parts/two.safetensors", shard(2));
      await write("model.safetensors.index.json", new TextEncoder().encode(JSON.stringify(index)));
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", folder);
      const entry = vscode.Uri.joinPath(folder, "model.safetensors.index.json");
      await editorTab(entry);
      const state = await finished(entry);
      check(state.rows === 2, `${state.rows} rows, one of each shard was expected.`);
      await vscode.workspace.fs.delete(folder, { recursive: true });
    },
  },
  {
    name: "a damaged file opens with an explanation instead of rows, and the host lives on",
    async run() {
      const damaged = sample("damaged.safetensors");
      await vscode.workspace.fs.writeFile(damaged, new Uint8Array([255, 255, 255, 255, 255, 255, 255, 127, 123]));
      await vscode.commands.executeCommand("modescope.analyzeCheckpoint", damaged);
      await editorTab(damaged);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const { testApi } = await extensionApi();
      check((await testApi.panelState(damaged)).rows === 0, "A damaged file must have no rows.");
      await analyses("criticality/critical/checkpoints/step-0600.safetensors", 1);
    },
  },
];
