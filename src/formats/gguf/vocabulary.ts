import type { ByteSource } from "../../base/byteSource.ts";
import { FileCursor } from "../_shared/fileCursor.ts";
import type { LabelSource } from "../types.ts";
import type { GgufHeader } from "./header.ts";
import { FORMAT, readKey } from "./values.ts";

/** The tables whose rows are tokens. */
const TOKEN_TABLES = ["token_embd.weight", "output.weight"];

/** The tokenizer's list: megabytes, so it is read when someone asks for it, not when the file is opened. */
export function vocabularyOf(
  header: GgufHeader | undefined,
  source: ByteSource | undefined,
  tensors: readonly string[],
): readonly LabelSource[] {
  const list = header?.texts.get("tokenizer.ggml.tokens");
  if (list === undefined || source === undefined) return [];
  return [
    {
      id: "vocabulary",
      title: `${list.length} tokens of the vocabulary`,
      tensors: TOKEN_TABLES.filter((name) => tensors.includes(name)),
      axis: 0,
      async load(signal) {
        const cursor = new FileCursor(source, FORMAT, signal);
        cursor.position = list.offset;
        const tokens: string[] = [];
        for (let i = 0; i < list.length; i++) tokens.push(await readKey(cursor, "tokenizer.ggml.tokens"));
        return tokens;
      },
    },
  ];
}
