/** One demonstration: what was asked of theory and of draws, as a table, with a picture where one says more. */
export interface Demo {
  readonly id: string;
  readonly title: string;
  /** Whose figure or statement it repeats. */
  readonly after: string;
  readonly words: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly picture?: Picture;
}

export interface Picture {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xLog?: boolean;
  readonly yLog?: boolean;
  readonly lines: readonly {
    readonly label: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly marks?: boolean;
    readonly dashed?: boolean;
  }[];
}
