/**
 * Commands that open a study's panel: one line each. `npm run manifest` writes from it the commands, the explorer's submenu and the menu on an open
 * checkpoint into package.json; `registerStudyCommands` registers them.
 */
export interface StudyCommand {
  readonly command: `modescope.${string}`;
  readonly title: string;
  /** A codicon, as "$(name)". */
  readonly icon?: string;
  /** Id of the panel in the webviews' registry. */
  readonly panel: string;
  /** What it can be asked about by a right-click. Left empty, the panel needs no file and stands in the palette alone. */
  readonly about: readonly ("checkpoint" | "table" | "folder")[];
  /** Files that are selected together are one question; else each gets a panel of its own. */
  readonly together?: true;
  /** A folder stands for the files in it, in natural order; else the panel is given the folder itself. */
  readonly opensFolders?: true;
}

export const STUDY_COMMANDS: readonly StudyCommand[] = [
  {
    command: "modescope.showLearningDynamics",
    title: "Show Learning Dynamics",
    icon: "$(graph-line)",
    panel: "dynamics",
    about: ["checkpoint", "folder"],
    together: true,
  },
  {
    command: "modescope.showSemanticModes",
    title: "Show Semantic Modes",
    icon: "$(layers)",
    panel: "semantic-modes",
    about: ["table", "checkpoint"],
    // A table and the checkpoint that learned it.
    together: true,
  },
  {
    command: "modescope.showPhaseDiagram",
    title: "Show Phase Diagram",
    icon: "$(graph-scatter)",
    panel: "phase-diagram",
    about: ["checkpoint"],
  },
  { command: "modescope.openPhaseDiagram", title: "Open Phase Diagram", panel: "phase-diagram", about: [] },
  { command: "modescope.showIsometry", title: "Show Dynamical Isometry", panel: "isometry", about: ["checkpoint"] },
  { command: "modescope.showExpressivity", title: "Show Expressivity", panel: "expressivity", about: ["checkpoint"] },
  {
    command: "modescope.openLearningSimulator",
    title: "Open Learning Simulator",
    icon: "$(beaker)",
    panel: "simulator",
    about: [],
  },
  {
    command: "modescope.simulateLearning",
    title: "Simulate Learning",
    icon: "$(beaker)",
    panel: "simulator",
    about: ["table"],
  },
  {
    command: "modescope.compareRepresentations",
    title: "Compare Representations",
    icon: "$(git-compare)",
    panel: "similarity",
    about: ["checkpoint", "table", "folder"],
    together: true,
    opensFolders: true,
  },
  {
    command: "modescope.compareWeights",
    title: "Compare Weights",
    icon: "$(diff)",
    panel: "weights-compare",
    about: ["checkpoint"],
    together: true,
  },
];
