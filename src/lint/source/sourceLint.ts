import { SourceReader } from "../python/roots.ts";
import { PythonDocument } from "../python/syntax/document.ts";
import type { LintReport, LintSettings } from "../types.ts";
import { lintSource } from "./lintSource.ts";

/** One source under the lint, from version to version. */
export class SourceLint {
  readonly #document = new PythonDocument();
  readonly #reader = new SourceReader();

  lint(text: string, settings: LintSettings): LintReport {
    this.#document.update(text);
    return lintSource(this.#document, this.#reader, settings);
  }
}
