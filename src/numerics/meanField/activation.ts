/**
 * A pointwise nonlinearity as the theory of wide networks needs it: with its derivatives in closed form and the exact places where one of them jumps.
 * Quadrature splits there; the mean of φ″² is infinite where φ′ itself jumps, since φ″ then holds a δ.
 */
export interface Activation {
  /** Lower case, with its parameter where it has one: "leaky_relu_0.2". */
  readonly id: string;
  readonly name: string;
  /** As a formula for people. */
  readonly formula: string;
  value(x: number): number;
  slope(x: number): number;
  /** φ″ away from the kinks; null where φ′ jumps, so that E φ″² does not exist. */
  readonly curvature: ((x: number) => number) | null;
  /** Where φ, φ′ or φ″ is not smooth. */
  readonly kinks: readonly number[];
  /** φ(−x) = −φ(x). */
  readonly odd: boolean;
  /** φ(x) = b·x for x > 0 and a·x for x < 0: [a, b]. Then every scale is alike, and all means are closed forms. */
  readonly slopes: readonly [number, number] | null;
}

/** φ′(0±)²: the mean of φ′² as q → 0. */
export function slopeSquareAtZero({ slope, slopes }: Activation): number {
  if (slopes !== null) return (slopes[0] ** 2 + slopes[1] ** 2) / 2;
  return (slope(1e-9) ** 2 + slope(-1e-9) ** 2) / 2;
}
