import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { CancelledError } from "../../base/errors.ts";
import { dense } from "../eigen/block.ts";
import { ROOM, random, SETS } from "../kernels/kernels.testkit.ts";
import type { Block64 } from "../kernels/types.ts";
import { factorQr, multiplyByQ } from "./blockedQr.ts";

const fromIdentity = ({ data, rows }: Block64) =>
  data.reduce((most, value, at) => Math.max(most, Math.abs(value - (at % (rows + 1) === 0 ? 1 : 0))), 0);

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels) => {
  const { memory } = kernels;
  test.each([
    [5, 3],
    [70, 64],
    [90, 65],
    [65, 90],
    [130, 100],
    [200, 97],
  ])("%i × %i by panels: Q·R = A, QᵀQ = I", (m, n) => {
    memory.scope(ROOM, () => {
      const next = random(m * n);
      const data = memory.float64(m * n);
      for (let i = 0; i < data.length; i++) data[i] = next();
      const before = data.slice();
      const count = Math.min(m, n);
      const taus = memory.float64(count);
      const factored = dense(data, m, n);
      factorQr(kernels, factored, taus, NEVER_CANCELLED);
      const product = dense(memory.float64(m * n), m, n);
      for (let i = 0; i < count; i++) for (let j = i; j < n; j++) product.data[i * n + j] = data[i * n + j] as number;
      multiplyByQ(kernels, product, factored, taus, false, NEVER_CANCELLED);
      const worst = product.data.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (before[at] as number))),
        0,
      );
      expect(worst).toBeLessThan(1e-13);
      const q = dense(memory.float64(m * m), m, m);
      for (let i = 0; i < m; i++) q.data[i * m + i] = 1;
      multiplyByQ(kernels, q, factored, taus, false, NEVER_CANCELLED);
      const gram = dense(memory.float64(m * m), m, m);
      kernels.gemm64(gram, q, q, { transposeA: true });
      expect(fromIdentity(gram)).toBeLessThan(1e-13);
      multiplyByQ(kernels, q, factored, taus, true, NEVER_CANCELLED);
      expect(fromIdentity(q)).toBeLessThan(1e-13);
    });
  });

  test("a cancel is heard between panels", () => {
    memory.scope(ROOM, () => {
      let asked = 0;
      const cancel = {
        ...NEVER_CANCELLED,
        throwIfCancelled() {
          if (++asked > 2) throw new CancelledError();
        },
      };
      const a = dense(memory.float64(100 * 100).fill(1), 100, 100);
      expect(() => factorQr(kernels, a, memory.float64(100), cancel)).toThrow(CancelledError);
    });
  });
});
