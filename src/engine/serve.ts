import { ModeScopeError } from "../base/errors.ts";
import type { Peer } from "../protocol/peer.ts";
import type { Engine } from "./engine.ts";

/** Lets a peer reach all of an engine's methods. */
export function serveEngine(peer: Pick<Peer<Record<never, never>, object>, "otherwise">, engine: Engine): void {
  peer.otherwise((method, params, signal) => {
    if (!Object.hasOwn(engine.handlers, method))
      throw new ModeScopeError("bad-request", `There is no method ${method}.`);
    return engine.handlers[method as keyof typeof engine.handlers](params as never, signal);
  });
}
