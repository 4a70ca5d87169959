import * as vscode from "vscode";
import { startEngine } from "#platform";
import type { EngineEvents, EngineMethods, SourceMethods } from "../protocol/contract.ts";
import { type Handlers, Peer } from "../protocol/peer.ts";
import { computeSettings } from "./settings.ts";

/** As a record, so that the compiler wants all of them: one that is left out here never reaches a panel. */
const PASSED_ON: Readonly<Record<keyof EngineEvents, true>> = {
  "checkpoint/changed": true,
  "run/changed": true,
  "study/changed": true,
  "engine/lost": true,
};
const EVENTS = Object.keys(PASSED_ON) as (keyof EngineEvents)[];

/** The engine as the extension sees it: started when first needed, started anew after it died. */
export class EngineClient implements vscode.Disposable {
  readonly #events = new vscode.EventEmitter<{ event: string; data: unknown }>();
  readonly onEvent = this.#events.event;
  #peer: Promise<Peer<EngineMethods, EngineEvents>> | null = null;
  #stop: (() => void) | null = null;
  #processId: number | null = null;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly sources: Handlers<SourceMethods>,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Of the compute process that runs; null where there is none. */
  get processId(): number | null {
    return this.#processId;
  }

  /** Starts the engine ahead of the first question. */
  warm(): void {
    this.#connect().catch((error) => this.log.error(error));
  }

  async request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    return (await this.#connect()).requestUntyped(method, params, signal);
  }

  dispose(): void {
    this.#stop?.();
    this.#events.dispose();
  }

  #connect(): Promise<Peer<EngineMethods, EngineEvents>> {
    if (this.#peer === null) {
      const starting = this.#start();
      this.#peer = starting;
      // One that could not start is not asked again; the next question starts another.
      starting.catch(() => {
        if (this.#peer === starting) this.#peer = null;
      });
    }
    return this.#peer;
  }

  async #start(): Promise<Peer<EngineMethods, EngineEvents>> {
    const { extensionUri, extensionPath, globalStorageUri } = this.context;
    const onDisk = extensionUri.scheme === "file";
    const started = Date.now();
    const link = await startEngine({
      bundles: onDisk ? `${extensionPath}/dist/node` : vscode.Uri.joinPath(extensionUri, "dist", "web").toString(),
      cacheFolder: vscode.Uri.joinPath(globalStorageUri, "results").fsPath,
      ...computeSettings(),
    });
    const peer = new Peer<EngineMethods, EngineEvents>(link.transport, this.sources);
    for (const event of EVENTS) peer.on(event, (data) => this.#events.fire({ event, data }));
    peer.on("engine/lost", ({ reason }) => this.log.warn(`A compute worker ended: ${reason}`));
    this.#processId = link.processId;
    this.#stop = () => {
      link.dispose();
      peer.dispose();
    };
    link.onExit((reason) => {
      this.log.error(reason);
      peer.dispose({
        code: "worker-lost",
        message: `The computation stopped: ${reason}.`,
        details: { remedy: "Open the checkpoint again; the engine starts anew." },
      });
      this.#peer = null;
      this.#processId = null;
      this.#events.fire({ event: "engine/lost", data: { reason, all: true } });
    });
    this.log.info(`Engine started in ${Date.now() - started} ms.`);
    return peer;
  }
}
