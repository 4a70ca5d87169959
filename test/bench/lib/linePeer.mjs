// A process that answers one line of JSON for each line of JSON: started once, so that no start-up is measured.
import { spawn } from "node:child_process";

/** Lines of noise on standard error that an error message may quote. */
const COMPLAINT = 2_000;

export function startLinePeer(command, args, env) {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  let complaint = "";
  let ended = null;
  let wake = () => {};
  const end = (why) => {
    ended ??= why;
    wake();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    wake();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-COMPLAINT);
  });
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => end(error.message));
  child.on("close", (code, signal) => end(`it ended (${signal ?? `code ${code}`})`));

  async function nextLine() {
    for (;;) {
      const at = text.indexOf("\n");
      if (at >= 0) {
        const line = text.slice(0, at);
        text = text.slice(at + 1);
        return line;
      }
      if (ended !== null)
        throw new Error(`${ended}${complaint === "" ? "" : `: ${complaint.trim().split("\n").at(-1)}`}`);
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    /** One question, one answer. An answer with `error` is thrown as one. */
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      // Libraries print what they like: an answer is a line that begins as one.
      let line = await nextLine();
      while (!line.startsWith("{")) line = await nextLine();
      const answer = JSON.parse(line);
      if (typeof answer.error === "string") throw new Error(answer.error);
      return answer;
    },
    stop() {
      child.stdin.end();
      child.kill();
    },
  };
}
