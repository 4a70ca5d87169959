// A panel that works from its first minute: opens its checkpoint and says how large it is. Replace what it shows.

/** @param {{ id: string, camel: string, title: string }} names */
export function panelFiles({ id, camel, title }) {
  return {
    registry: {
      path: "webview/panels/registry.ts",
      list: "PANELS",
      entry: `${camel}Panel`,
      from: `./${id}/index.ts`,
    },
    folder: `webview/panels/${id}`,
    files: {
      "index.ts": `import { isCancelled } from "../../../src/base/errors.ts";
import { make } from "../../charts/dom.ts";
import type { Panel } from "../../shell/types.ts";

/** What the checkpoint is called and how many tensors it has. */
export const ${camel}Panel: Panel = {
  id: "${id}",
  title: "${title}",
  mount(element, host) {
    const abort = new AbortController();
    const line = make("p", "ms-${id}", "Opening the checkpoint…");
    line.setAttribute("role", "status");
    element.append(line);
    const load = async () => {
      try {
        const { name, totals } = await host.peer.request("checkpoint/open", { uri: host.context.uri }, abort.signal);
        if (!abort.signal.aborted) line.textContent = \`\${name}: \${totals.tensors} tensors\`;
      } catch (error) {
        if (!abort.signal.aborted && !isCancelled(error)) host.fail(error);
      }
    };
    void load();
    return {
      dispose() {
        abort.abort();
        line.remove();
      },
    };
  },
};
`,
      [`${camel}.test.ts`]: `// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { ModeScopeError } from "../../../src/base/errors.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import type { PanelHost, PanelPeer } from "../../shell/types.ts";
import { ${camel}Panel } from "./index.ts";

/** The real peer on both ends of a wire in memory; only the answer is made up. */
function mounted(answer: () => unknown) {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  new Peer<Record<string, never>, object>(end(1, 0), { "checkpoint/open": answer });
  const failures: unknown[] = [];
  const host: PanelHost = {
    peer: new Peer(end(0, 1)) as PanelPeer,
    context: {
      panel: "${id}",
      uri: "file:///m.pt",
      files: [], target: null, section: null,
      settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
    },
    state: { get: () => undefined, set() {} },
    theme: { kind: "dark", color: (_, fallback) => fallback ?? "#888", onChange: () => ({ dispose() {} }) },
    fail: (error) => failures.push(error),
  };
  const element = document.body.appendChild(document.createElement("main"));
  return { element, failures, panel: ${camel}Panel.mount(element, host) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("says what it opened, and leaves nothing behind", async () => {
  const { element, panel } = mounted(() => ({ name: "m.pt", totals: { tensors: 3 } }));
  await settled();
  expect(element.textContent).toBe("m.pt: 3 tensors");
  panel.dispose();
  expect(element.childElementCount).toBe(0);
});

test("a checkpoint that cannot be opened fails the panel with the reason", async () => {
  const { failures } = mounted(() => {
    throw new ModeScopeError("bad-format", "The file is damaged.");
  });
  await settled();
  expect(failures).toMatchObject([{ code: "bad-format" }]);
});
`,
      "README.md": `# ${title} panel

Shows the name of its checkpoint and how many tensors it has.

**How the data come.** \`checkpoint/open\` (header only). A panel asks the engine through \`host.peer\`; it never reads a file.

**Reached by.** The extension shows a panel with \`hostPanel(webview, onDispose, { panel: "${id}", … })\`, from a command or an editor.

**State.** None; what must survive a reload goes through \`host.state\`.

**Limits.** A file that changes on disk is not noticed yet: listen to \`checkpoint/changed\` as the tensor panel does.
`,
    },
    next: [
      `Open it from src/extension: \`services.openStudy({ panel: "${id}", files: [uri] })\` (panels/studyPanels.ts hosts it).`,
    ],
  };
}
