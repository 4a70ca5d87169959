import * as vscode from "vscode";
import { notificationSeconds } from "./settings.ts";

/** Analyses of one checkpoint follow each other: the notice stays over the moment between them. */
const GAP_MILLISECONDS = 1_000;

/** How far the analyses of one checkpoint are. */
export interface RunningWork {
  readonly uri: vscode.Uri;
  readonly message: string;
  readonly cancel: () => void;
}

interface Notice {
  work: RunningWork;
  starting: ReturnType<typeof setTimeout> | undefined;
  ending: ReturnType<typeof setTimeout> | undefined;
  report: (message: string) => void;
  end: () => void;
}

/** A progress notification with Cancel for each checkpoint whose analysis takes a person's patience; what is quick shows nothing. */
export class RunNotices implements vscode.Disposable {
  readonly #notices = new Map<string, Notice>();

  show(running: readonly RunningWork[]): void {
    const alive = new Set(running.map(({ uri }) => uri.toString()));
    for (const work of running) this.#update(work);
    for (const [key, notice] of this.#notices) {
      if (alive.has(key)) continue;
      notice.ending ??= setTimeout(() => this.#close(key), GAP_MILLISECONDS);
    }
  }

  dispose(): void {
    for (const key of [...this.#notices.keys()]) this.#close(key);
  }

  #update(work: RunningWork): void {
    const key = work.uri.toString();
    const known = this.#notices.get(key);
    if (known !== undefined) {
      clearTimeout(known.ending);
      known.ending = undefined;
      known.work = work;
      known.report(work.message);
      return;
    }
    const seconds = notificationSeconds();
    if (seconds === 0) return;
    const notice: Notice = { work, starting: undefined, ending: undefined, report: () => {}, end: () => {} };
    notice.starting = setTimeout(() => this.#open(notice), seconds * 1_000);
    this.#notices.set(key, notice);
  }

  #open(notice: Notice): void {
    const name = vscode.workspace.asRelativePath(notice.work.uri);
    const options = { location: vscode.ProgressLocation.Notification, title: `Analysing ${name}`, cancellable: true };
    void vscode.window.withProgress(options, (progress, token) => {
      notice.report = (message) => progress.report({ message });
      notice.report(notice.work.message);
      token.onCancellationRequested(() => notice.work.cancel());
      return new Promise<void>((resolve) => {
        notice.end = resolve;
      });
    });
  }

  #close(key: string): void {
    const notice = this.#notices.get(key);
    if (notice === undefined) return;
    this.#notices.delete(key);
    clearTimeout(notice.starting);
    clearTimeout(notice.ending);
    notice.end();
  }
}
