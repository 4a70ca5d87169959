/** What panels are called, in their tabs and on their pages. A panel that is not listed is called by the words of its id. */
export const PANEL_TITLES = {
  dynamics: "Learning Dynamics",
  "semantic-modes": "Semantic Modes",
  similarity: "Representational Similarity",
  simulator: "Learning Simulator",
  "phase-diagram": "Phase Diagram",
  isometry: "Dynamical Isometry",
  expressivity: "Expressivity",
  "weights-compare": "Comparison of Weights",
} as const;

export function panelTitle(panel: string): string {
  const known = Object.entries(PANEL_TITLES).find(([id]) => id === panel);
  if (known !== undefined) return known[1];
  return panel.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => (dash && " ") + letter.toUpperCase());
}
