import { SourceReader } from "../python/roots.ts";
import { PythonDocument } from "../python/syntax/document.ts";
import type { LintReport, LintSettings } from "../types.ts";
import { lintSource } from "./lintSource.ts";

/** One source under the lint, from version to version. */
export class SourceLint {
  readonly #document = new PythonDocument();
  readonly #reader = new SourceReader();

  /** `laws`: with every law that the source states, which only a comparison with a checkpoint asks for. */
  lint(text: string, settings: LintSettings, laws = true): LintReport {
    const linting = this.linting(text, settings, laws);
    for (;;) {
      const { done, value } = linting.next();
      if (done === true) return value;
    }
  }

  /** The same in pieces of a few milliseconds: who has something newer to ask may drop it between two of them. */
  *linting(text: string, settings: LintSettings, laws = true): Generator<void, LintReport> {
    yield* this.#document.updating(text);
    const { statements, unread } = this.#document;
    const source = yield* this.#reader.reading(statements, text);
    return yield* lintSource({ text, unread, source }, settings, laws);
  }
}
