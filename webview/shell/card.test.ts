// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import type { QuantityDefinition } from "../../src/analysis/types.ts";
import { closeCard, openCard } from "./card.ts";

const QUANTITY: QuantityDefinition = {
  label: "Stable rank",
  symbol: "r",
  definition: "How many directions carry the energy.",
  equation: "‖W‖_F²/σ₁²",
  source: "Rudelson & Vershynin 2007",
  assumptions: ["real entries"],
  nullModel: "Gaussian: mn/(√m+√n)²",
};

function anchor(): HTMLButtonElement {
  const button = document.createElement("button");
  document.body.append(button);
  return button;
}

afterEach(() => {
  closeCard();
  document.body.replaceChildren();
});

test("the card says definition, equation, how, null, assumptions and source", () => {
  openCard(anchor(), QUANTITY, { text: "≈ 3.2", how: { kind: "estimate", standardError: 0.1, method: "Lanczos" } });
  const text = document.querySelector("dialog")?.textContent ?? "";
  const { symbol, definition, equation, source, nullModel } = QUANTITY;
  for (const part of [symbol, definition, equation, source, nullModel, "real entries", "≈ 3.2", "± 0.1", "Lanczos"]) {
    expect(text).toContain(part);
  }
});

test("Esc closes it and the focus goes back", () => {
  const button = anchor();
  button.focus();
  openCard(button, QUANTITY);
  const dialog = document.querySelector("dialog");
  expect(document.activeElement).not.toBe(button);
  dialog?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(document.querySelector("dialog")).toBeNull();
  expect(document.activeElement).toBe(button);
});

test("one card at a time", () => {
  openCard(anchor(), QUANTITY);
  openCard(anchor(), { ...QUANTITY, label: "Other" });
  expect(
    [...document.querySelectorAll("dialog")].map((dialog) => dialog.ariaLabel ?? dialog.getAttribute("aria-label")),
  ).toEqual(["Other"]);
});
