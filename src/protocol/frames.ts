import type { SerializedError } from "../base/errors.ts";

/** What travels over any transport. Every `req` ends by exactly one `res`; `cancel` asks for an early one. */
export type Frame =
  | { readonly kind: "hello"; readonly protocol: number; readonly role: string }
  | { readonly kind: "req"; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: "res"; readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly kind: "res"; readonly id: number; readonly ok: false; readonly error: SerializedError }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "evt"; readonly event: string; readonly data: unknown };

export const PROTOCOL_VERSION = 1;

/** A two-way pipe of frames: webview messages, child-process IPC, worker messages. */
export interface Transport {
  send(frame: Frame): void;
  onFrame(listener: (frame: unknown) => void): void;
  close(): void;
}
