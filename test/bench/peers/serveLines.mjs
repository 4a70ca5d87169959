// Answers questions, one line of JSON each, until the asker goes.
import { createInterface } from "node:readline";

/** `tasks` by name; a task that throws answers with its message. */
export async function serveLines(tasks) {
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    let answer;
    try {
      answer = await tasks[question.task](question);
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
