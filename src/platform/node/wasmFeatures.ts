import { setFlagsFromString } from "node:v8";

/** Node has this global, its type declarations do not. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** A function that does nothing but one fused multiply-add of relaxed SIMD. */
const PROBE = Buffer.from("0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b", "hex");

/**
 * Asks the engine for relaxed SIMD where it is known but still behind a flag (Node 20). The flag holds for the process and its threads, so only a
 * process of our own may call this, before it compiles kernels. Nothing is asked of an engine that has it; whether a kernel is then used is decided
 * by the kernels' self-test.
 */
export function enableRelaxedSimd(): void {
  if (!WebAssembly.validate(PROBE)) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
