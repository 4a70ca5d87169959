import assert from "node:assert/strict";

/** Asks again until the answer is the wanted one; then, or at last, holds it to it. */
export async function becomes(page, wanted, ask) {
  let answer;
  for (let tries = 0; tries < 100; tries++) {
    answer = await ask();
    if (JSON.stringify(answer) === JSON.stringify(wanted)) return;
    await page.waitForTimeout(100);
  }
  assert.deepEqual(answer, wanted);
}
