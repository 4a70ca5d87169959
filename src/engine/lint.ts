import { CancelledError, ModeScopeError } from "../base/errors.ts";
import { planMove } from "../lint/edit/plan.ts";
import { readMoveRequest } from "../lint/edit/readRequest.ts";
import { readPoint } from "../lint/readPoint.ts";
import { readSettings } from "../lint/settings.ts";
import { SourceLint } from "../lint/source/sourceLint.ts";
import { phasePicture } from "../lint/theory/picture.ts";
import { PICTURE_THEMES } from "../lint/types.ts";
import type { EngineMethods } from "../protocol/contract.ts";
import type { Handlers } from "../protocol/peer.ts";

/** Documents that are kept between edits. More than these nobody has open side by side. */
const KEPT_DOCUMENTS = 24;

/** On the engine's thread for so long at a time; in between others are heard, and a newer text of the same document. */
const SLICE_MILLISECONDS = 12;

interface Linted {
  readonly lint: SourceLint;
  /** How often was asked. */
  asked: number;
}

/**
 * Sources under the lint, each with what was read of it. They are linted on the engine's own thread, in slices: workers may be busy for minutes. Who asks of
 * a document whose older text is still being linted ends that.
 */
export function lintHandlers(): Handlers<
  Pick<EngineMethods, "lint/source" | "lint/move" | "lint/forget" | "lint/picture">
> {
  const documents = new Map<string, Linted>();
  return {
    "lint/source": async ({ document, text, settings, laws }, signal) => {
      if (typeof document !== "string" || typeof text !== "string")
        throw new ModeScopeError("bad-request", "A document and its text are needed.");
      const known = documents.get(document) ?? { lint: new SourceLint(), asked: 0 };
      // Anew at the end: the first is the one that waits longest.
      documents.delete(document);
      documents.set(document, known);
      for (const oldest of documents.keys()) {
        if (documents.size <= KEPT_DOCUMENTS) break;
        documents.delete(oldest);
      }
      const question = ++known.asked;
      const linting = known.lint.linting(text, readSettings(settings), laws === true);
      for (;;) {
        const until = performance.now() + SLICE_MILLISECONDS;
        do {
          const { done, value } = linting.next();
          if (done === true) return value;
        } while (performance.now() < until);
        await new Promise<void>((resolve) => setTimeout(() => resolve(), 0));
        if (signal.aborted || known.asked !== question) throw new CancelledError();
      }
    },
    "lint/move": ({ text, request }) => {
      if (typeof text !== "string") throw new ModeScopeError("bad-request", "A text is needed.", { field: "text" });
      return planMove(text, readMoveRequest(request));
    },
    "lint/picture": ({ point, theme }) => ({
      svg: phasePicture(readPoint(point), PICTURE_THEMES.find((one) => one === theme) ?? "dark"),
    }),
    "lint/forget": ({ document }) => {
      documents.delete(document);
      return null;
    },
  };
}
