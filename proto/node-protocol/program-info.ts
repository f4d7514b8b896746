/** What a node says of the program that it is, in its status. */
export interface ProgramInfo {
  /** Of the package; empty: unknown. */
  readonly version: string;
  /** Wall clock, when the process began; 0: unknown. */
  readonly startedAtMs: number;
}

export const UNKNOWN_PROGRAM: ProgramInfo = { version: '', startedAtMs: 0 };
