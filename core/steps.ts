/** Work that pauses by itself: at every `yield` it has run for a millisecond at most, and goes on when it is told. What it returns is the result. */
export type Steps<Result> = Generator<void, Result, void>;

/** All of it now. */
export function finish<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
