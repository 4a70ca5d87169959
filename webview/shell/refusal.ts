import { serializeError } from "../../src/base/errors.ts";

/** Why something cannot be shown, in a box with an alert's role: which file, what is wrong, what to do. `named`: what the panel calls a file. */
export function refusalBox(
  error: unknown,
  className: string,
  named: (uri: string) => string | null | undefined,
): HTMLElement {
  const { message, details } = serializeError(error);
  const file = details.uri === undefined ? null : (named(details.uri) ?? null);
  const box = document.createElement("div");
  box.className = className;
  box.setAttribute("role", "alert");
  const words = document.createElement("strong");
  words.textContent = file === null || message.includes(file) ? message : `${file}: ${message}`;
  box.append(words);
  if (details.remedy !== undefined) {
    const remedy = document.createElement("p");
    remedy.textContent = details.remedy;
    box.append(remedy);
  }
  return box;
}
