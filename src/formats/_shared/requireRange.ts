import { ModeScopeError } from "../../base/errors.ts";

/** What is asked of a tensor must lie in it. */
export function requireRange(tensor: string, elements: number, start: number, count: number): void {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(count);
  if (!whole || start < 0 || count < 0 || start + count > elements)
    throw new ModeScopeError(
      "bad-request",
      `${tensor} has ${elements} elements; ${count} from ${start} were asked for.`,
      {
        tensor,
      },
    );
}
