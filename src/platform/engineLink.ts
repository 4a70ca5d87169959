import type { Disposable } from "../base/disposable.ts";
import type { Transport } from "../protocol/frames.ts";

/** How an extension host reaches an engine, wherever that runs. Both platforms export `startEngine` of this shape. */
export interface EngineLink extends Disposable {
  readonly transport: Transport;
  /** Of the compute process; null where the engine runs in the host itself. */
  readonly processId: number | null;
  /** The engine died by itself: said once, with the reason. */
  onExit(listener: (reason: string) => void): void;
}

export interface EngineOptions {
  /** Folder of the bundles (a path on Node, a URI in the browser). */
  readonly bundles: string;
  readonly cacheFolder: string;
  readonly cacheBytes: number;
  /** 0 means: as many as the machine has cores. */
  readonly workers: number;
}

export type StartEngine = (options: EngineOptions) => Promise<EngineLink>;
