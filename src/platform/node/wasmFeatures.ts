import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";

/**
 * Switches of V8 that make kernels faster where they are still off by default: relaxed SIMD (fused multiply-add, Node 20), and the pass that joins two
 * vectors of 16 bytes into one of 32, under its name so far and under its later one.
 */
const WANTED = ["experimental-wasm-relaxed-simd", "experimental-wasm-revectorize", "wasm-revectorize"];

const PROBE_MILLISECONDS = 2000;

let asked = false;

/**
 * Sets those of the wanted switches that this engine knows. It is asked for its own list, because an unknown switch is complained about on the error
 * output. They hold for the process and its threads, so only a process of our own may call this, before it compiles kernels. Whether the faster kernels are
 * then used is decided by their self-test and benchmark. Takes about 20 ms, once.
 */
export function enableWideVectors(): readonly string[] {
  if (asked) return [];
  asked = true;
  const { stdout } = spawnSync(process.execPath, ["--v8-options"], {
    encoding: "utf8",
    timeout: PROBE_MILLISECONDS,
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  const known = WANTED.filter((name) => new RegExp(`^\\s*--${name}\\b`, "m").test(stdout ?? ""));
  for (const name of known) setFlagsFromString(`--${name}`);
  return known;
}
