/** What comes out of a file goes to a terminal: control characters in a name must not move its cursor or set its title. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
}

const COLOURS = { red: 31, yellow: 33 } as const;

/** Coloured on a terminal, unless NO_COLOR is set (no-color.org); plain everywhere else. */
export function coloured(text: string, colour: keyof typeof COLOURS): string {
  const wanted = process.stderr.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  return wanted ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
}

/** Columns of the terminal that standard output is, or null where it is a file or a pipe: those get all of it. */
export function outputWidth(): number | null {
  return process.stdout.isTTY === true ? process.stdout.columns : null;
}

/** One line on standard error, rewritten; nothing where that is no terminal. */
export function progressLine(): { show(text: string): void; clear(): void } {
  const live = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  const width = () => Math.max(10, (process.stderr.columns ?? 80) - 1);
  return {
    show: (text) => void (live && process.stderr.write(`\r\x1b[2K${printable(text).slice(0, width())}`)),
    clear: () => void (live && process.stderr.write("\r\x1b[2K")),
  };
}
