import { expect, test } from "vitest";
import { serializeError } from "../../base/errors.ts";
import { fixtureBytes, openBytes } from "../_shared/fixtures.testkit.ts";
import { lookup3 } from "../_shared/hdf5/checksum.ts";
import { hdf5Format } from "./index.ts";

/**
 * Damage under a right checksum: what an attacker would make, and what plain mutations never reach in the new layouts. Each structure's bytes are
 * changed and its checksum is made again.
 */
interface Sealed {
  readonly at: number;
  /** Bytes before the checksum. */
  readonly length: number;
}

function sealedIn(bytes: Uint8Array<ArrayBuffer>): Sealed[] {
  const view = new DataView(bytes.buffer);
  const found: Sealed[] = [];
  for (let at = 0; at + 16 < bytes.length; at++) {
    const mark = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (!/^(OHDR|FRHP|BTHD|BTLF|BTIN|FAHD|FADB|EAHD|EAIB|EADB|EASB|FHIB)$/.test(mark)) continue;
    // The checksum stands where the sum of all before it is found.
    for (let length = 12; length < 1100 && at + length + 4 <= bytes.length; length++)
      if (view.getUint32(at + length, true) === lookup3(bytes.subarray(at, at + length))) {
        found.push({ at, length });
        break;
      }
  }
  return found;
}

/** Numbers from a seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff];

test("structures that were changed under a right checksum cost what hangs on them, in typed errors", async () => {
  const whole = fixtureBytes("hdf5/newest.h5");
  const sealed = sealedIn(whole);
  expect(sealed.length).toBeGreaterThan(50);
  const next = numbers(20_261_125);
  let changedSomething = 0;
  const names = (await openBytes(hdf5Format, whole)).tensors.length;
  for (let i = 0; i < 120; i++) {
    const bytes = whole.slice();
    const { at, length } = sealed[next(sealed.length)] ?? { at: 0, length: 0 };
    for (let k = 0; k <= next(3); k++)
      bytes[at + 4 + next(length - 4)] = next(2) === 0 ? (EXTREMES[next(6)] ?? 0) : next(256);
    new DataView(bytes.buffer).setUint32(at + length, lookup3(bytes.subarray(at, at + length)), true);
    const checkpoint = await openBytes(hdf5Format, bytes).catch((error: unknown) => {
      expect(serializeError(error).code).not.toBe("internal");
      return null;
    });
    if (checkpoint === null || checkpoint.tensors.length !== names) changedSomething += 1;
    for (const { name, elements } of checkpoint?.tensors ?? [])
      if (!/^(many|dtypes)\//.test(name))
        await checkpoint?.read(name, Math.max(0, elements - 50), Math.min(50, elements)).catch((error: unknown) => {
          expect([name, serializeError(error).code]).not.toEqual([name, "internal"]);
        });
  }
  expect(changedSomething).toBeGreaterThan(30);
});
