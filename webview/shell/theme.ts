import type { Theme, ThemeKind } from "./types.ts";

const KINDS: readonly (readonly [className: string, kind: ThemeKind])[] = [
  ["vscode-high-contrast-light", "high-contrast-light"],
  ["vscode-high-contrast", "high-contrast"],
  ["vscode-light", "light"],
];

/** VS Code says the theme by classes of the body and variables of the root, and changes both in place. */
export function watchTheme(document: Document): Theme {
  const listeners = new Set<() => void>();
  let scheduled = false;
  const observer = new MutationObserver(() => {
    if (scheduled || listeners.size === 0) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      for (const listener of [...listeners]) listener();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  return {
    get kind() {
      const classes = document.body.classList;
      return KINDS.find(([className]) => classes.contains(className))?.[1] ?? "dark";
    },
    color(variable, fallback = "currentColor") {
      const value = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
      return value === "" ? fallback : value;
    },
    onChange(listener) {
      // A wrapper of its own, so that the same function may listen twice.
      const entry = () => listener();
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
  };
}
