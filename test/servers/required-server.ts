/**
 * Tests that need a server which is not installed are skipped, and say why. Where BRAID_TEST_REQUIRE_SERVERS is 1 (CI, for the servers it installs) they
 * fail instead.
 */
export function mayRunWith(server: string, whatIsMissing: string | undefined): boolean {
  if (whatIsMissing === undefined) return true;
  const reason = `tests with ${server} are skipped: ${whatIsMissing}`;
  if (process.env['BRAID_TEST_REQUIRE_SERVERS'] === '1') {
    throw new Error(`${reason}, and BRAID_TEST_REQUIRE_SERVERS is 1`);
  }
  console.warn(reason);
  return false;
}
