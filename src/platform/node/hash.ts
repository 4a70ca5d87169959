import { createHash } from "node:crypto";
import type { Hashing, HashText } from "../../engine/ports.ts";

export const hashText: HashText = async (text) => createHash("sha256").update(text).digest("hex");

export const hashing: Hashing = {
  text: hashText,
  stream() {
    const hash = createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  },
};
