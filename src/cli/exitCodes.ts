/** Exit codes of all commands; `--help` prints this table. */
export const EXIT = {
  ok: 0,
  /** Some targets failed; the others are in the output. */
  partial: 1,
  usage: 2,
  /** The file cannot be opened or is no checkpoint. */
  unreadable: 3,
  interrupted: 130,
} as const;
