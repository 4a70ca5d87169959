import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Sha256 } from "./sha256.ts";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 5)) & 255);

test("agrees with the platform's digest at every length around the block and padding borders", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = bytesOf(length);
    expect(new Sha256().update(bytes).hex()).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("the pieces in which a message comes do not matter", () => {
  const bytes = bytesOf(5000);
  const whole = createHash("sha256").update(bytes).digest("hex");
  for (const step of [1, 7, 63, 64, 65, 1000]) {
    const hash = new Sha256();
    for (let start = 0; start < bytes.length; start += step) hash.update(bytes.subarray(start, start + step));
    expect(hash.hex()).toBe(whole);
  }
});

test("a view into a larger buffer is hashed at its own offset", () => {
  const bytes = bytesOf(1000).subarray(13, 900);
  expect(new Sha256().update(bytes).hex()).toBe(createHash("sha256").update(bytes).digest("hex"));
});
