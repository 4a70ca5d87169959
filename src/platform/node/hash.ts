import { createHash } from "node:crypto";
import type { HashText } from "../../engine/ports.ts";

export const hashText: HashText = async (text) => createHash("sha256").update(text).digest("hex");
