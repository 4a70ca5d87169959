import type { Disposable } from "../base/disposable.ts";
import {
  CancelledError,
  deserializeError,
  ModeScopeError,
  type SerializedError,
  serializeError,
} from "../base/errors.ts";
import { PROTOCOL_VERSION, type Transport } from "./frames.ts";
import { isFrame } from "./guards.ts";

/** Shape of a method table such as `EngineMethods`. */
type MethodTable<T> = { [K in keyof T]: { params: unknown; result: unknown } };
type ParamsOf<T, K extends keyof T> = T[K] extends { params: infer P } ? P : never;
type ResultOf<T, K extends keyof T> = T[K] extends { result: infer R } ? R : never;

export type Handlers<T extends MethodTable<T>> = {
  [K in keyof T]: (params: ParamsOf<T, K>, signal: AbortSignal) => Promise<ResultOf<T, K>> | ResultOf<T, K>;
};

/**
 * One end of a transport: `Remote` is what the other end offers, `RemoteEvents` what it may announce.
 * Every request ends, by result, error or cancel; `dispose` rejects what is pending.
 */
export class Peer<Remote extends MethodTable<Remote>, RemoteEvents extends object> implements Disposable {
  #nextId = 1;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  readonly #running = new Map<number, AbortController>();
  readonly #listeners = new Map<string, Set<(data: never) => void>>();
  readonly #handlers: ReadonlyMap<string, (params: unknown, signal: AbortSignal) => unknown>;
  #fallback: ((method: string, params: unknown, signal: AbortSignal) => unknown) | undefined;
  #closed = false;

  constructor(
    private readonly transport: Transport,
    handlers: object = {},
  ) {
    this.#handlers = new Map(Object.entries(handlers));
    transport.onFrame((frame) => this.#receive(frame));
  }

  /** Serves every method that has no handler of its own: how a host relays to an engine. */
  otherwise(fallback: (method: string, params: unknown, signal: AbortSignal) => unknown): void {
    this.#fallback = fallback;
  }

  hello(role: string): void {
    this.transport.send({ kind: "hello", protocol: PROTOCOL_VERSION, role });
  }

  request<K extends keyof Remote & string>(
    method: K,
    params: ParamsOf<Remote, K>,
    signal?: AbortSignal,
  ): Promise<ResultOf<Remote, K>> {
    return this.requestUntyped(method, params, signal) as Promise<ResultOf<Remote, K>>;
  }

  requestUntyped(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (this.#closed) return Promise.reject(new ModeScopeError("worker-lost", "The other side is gone."));
    if (signal?.aborted) return Promise.reject(new CancelledError());
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      const onAbort = () => {
        if (!this.#pending.delete(id)) return;
        this.#send({ kind: "cancel", id });
        reject(new CancelledError());
      };
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", onAbort);
          then(value);
        };
      this.#pending.set(id, { resolve: settle(resolve), reject: settle(reject) });
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#send({ kind: "req", id, method, params });
    });
  }

  emit(event: string, data: unknown): void {
    if (!this.#closed) this.#send({ kind: "evt", event, data });
  }

  on<K extends keyof RemoteEvents & string>(event: K, listener: (data: RemoteEvents[K]) => void): Disposable {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as (data: never) => void);
    return { dispose: () => listeners.delete(listener as (data: never) => void) };
  }

  dispose(reason: SerializedError = { code: "worker-lost", message: "The other side is gone.", details: {} }): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#pending.values()) reject(deserializeError(reason));
    this.#pending.clear();
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
    this.transport.close();
  }

  #send(frame: Parameters<Transport["send"]>[0]): void {
    if (!this.#closed) this.transport.send(frame);
  }

  #receive(frame: unknown): void {
    if (this.#closed || !isFrame(frame)) return;
    switch (frame.kind) {
      case "req":
        void this.#serve(frame.id, frame.method, frame.params);
        return;
      case "cancel":
        this.#running.get(frame.id)?.abort();
        return;
      case "res": {
        const pending = this.#pending.get(frame.id);
        this.#pending.delete(frame.id);
        if (frame.ok) pending?.resolve(frame.result);
        else pending?.reject(deserializeError(frame.error));
        return;
      }
      case "evt":
        for (const listener of this.#listeners.get(frame.event) ?? []) listener(frame.data as never);
        return;
      case "hello":
        if (frame.protocol !== PROTOCOL_VERSION) {
          this.dispose({
            code: "bad-request",
            message: `Protocol ${frame.protocol} met protocol ${PROTOCOL_VERSION}: reload the window.`,
            details: {},
          });
        }
    }
  }

  async #serve(id: number, method: string, params: unknown): Promise<void> {
    if (this.#running.has(id)) return;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const handler = this.#handlers.get(method);
      if (handler === undefined && this.#fallback === undefined)
        throw new ModeScopeError("bad-request", `There is no method ${method}.`);
      const result = await (handler === undefined
        ? this.#fallback?.(method, params, controller.signal)
        : handler(params, controller.signal));
      if (controller.signal.aborted) throw new CancelledError();
      this.#send({ kind: "res", id, ok: true, result });
    } catch (error) {
      this.#send({ kind: "res", id, ok: false, error: serializeError(error) });
    } finally {
      this.#running.delete(id);
    }
  }
}
