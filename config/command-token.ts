/** What commands that ask a running Braid say who they are with, where no file does: `user:password`. Undefined: nothing. */
export function commandToken(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return environment['BRAID_TOKEN'] || undefined;
}
