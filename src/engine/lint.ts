import { ModeScopeError } from "../base/errors.ts";
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

/** Sources under the lint, each with what was read of it. They are linted on the engine's own thread: workers may be busy for minutes. */
export function lintHandlers(): Handlers<
  Pick<EngineMethods, "lint/source" | "lint/move" | "lint/forget" | "lint/picture">
> {
  const documents = new Map<string, SourceLint>();
  return {
    "lint/source": ({ document, text, settings }) => {
      if (typeof document !== "string" || typeof text !== "string")
        throw new ModeScopeError("bad-request", "A document and its text are needed.");
      const known = documents.get(document) ?? new SourceLint();
      // Anew at the end: the first is the one that waits longest.
      documents.delete(document);
      documents.set(document, known);
      for (const oldest of documents.keys()) {
        if (documents.size <= KEPT_DOCUMENTS) break;
        documents.delete(oldest);
      }
      return known.lint(text, readSettings(settings));
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
