// Rounds: every contestant once, then every contestant again. A slow spell of the machine so falls on all of them.

/** Longer than this and a contestant sits out the rounds after its first: its figure is one run, and the table says so. */
const PATIENCE_SECONDS = 25;
/** What threads of a library that just answered may still spin. */
const PAUSE_MILLISECONDS = 40;

/**
 * `contestants`: { id, run() → { seconds, … } }. Returns by id the seconds of each round (undefined where it sat out), the last full
 * answer, or the error that took it out.
 */
export async function interleave(
  contestants,
  rounds,
  { warmUp = false, patience = PATIENCE_SECONDS, say = () => {} } = {},
) {
  const results = Object.fromEntries(contestants.map(({ id }) => [id, { rounds: [], answer: null, error: null }]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const { id, run } of contestants) {
      const result = results[id];
      const slow = result.rounds.some((seconds) => seconds > patience);
      if (result.error !== null || slow) {
        if (round >= 0) result.rounds.push(undefined);
        continue;
      }
      try {
        const answer = await run();
        if (round >= 0) result.rounds.push(answer.seconds);
        // A warm-up that took so long is itself the measurement.
        else if (answer.seconds > patience) result.rounds.push(answer.seconds);
        result.answer = answer;
      } catch (error) {
        result.error = error instanceof Error ? error.message : String(error);
        say(`${id}: ${result.error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
  return results;
}
