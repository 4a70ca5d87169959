import type { Unit } from "../python/syntax/types.ts";
import type { Unread } from "../types.ts";

/** Every statement that was refused, and where the steps for networks ended, with its line, which people look for. */
export function unreadParts(
  text: string,
  refused: readonly Pick<Unread, "from" | "message">[],
  end: Unit | null,
): readonly Unread[] {
  const ends =
    end === null
      ? []
      : [
          {
            from: end.base,
            message: `Not linted beyond line ${lineOf(text, end.base)}: there is more code than can be followed.`,
          },
        ];
  return [
    ...refused.map(({ from, message }) => ({ from, message: `Line ${lineOf(text, from)}: ${message}` })),
    ...ends,
  ].map(({ from, message }) => {
    const lineEnd = text.indexOf("\n", from);
    return { from, to: lineEnd < 0 ? text.length : lineEnd, message };
  });
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
