import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914. 16 MiB and some tens of milliseconds per hash, on a thread of the pool. */
const COST = 16_384;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A hash may come from a backup: what it asks for is bounded. */
const COST_MAX = 2 ** 17;
const BLOCK_SIZE_MAX = 16;
const PARALLELISM_MAX = 4;

const FORMAT = /^scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]{4,128})\$([A-Za-z0-9+/=]{4,128})$/;

/** `scrypt$cost$block size$parallelism$salt$hash`, the last two in base64. Salted: the same password gives another text each time. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, { N: COST, r: BLOCK_SIZE, p: PARALLELISM });
  return ['scrypt', COST, BLOCK_SIZE, PARALLELISM, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Takes the same time whether the password is right or wrong. False for a text that is no hash of ours. */
export async function isPasswordOf(passwordHash: string, password: string): Promise<boolean> {
  const match = isPasswordHash(passwordHash) ? FORMAT.exec(passwordHash)! : undefined;
  if (!match) return false;
  const [, cost, blockSize, parallelism, salt, hash] = match;
  const expected = Buffer.from(hash!, 'base64');
  const options = { N: Number(cost), r: Number(blockSize), p: Number(parallelism) };
  return timingSafeEqual(expected, await derive(password, Buffer.from(salt!, 'base64'), expected.length, options));
}

/** Whether `isPasswordOf` can make use of it. */
export function isPasswordHash(text: string): boolean {
  const match = FORMAT.exec(text);
  if (!match) return false;
  const [cost, blockSize, parallelism] = match.slice(1, 4).map(Number);
  const isPowerOfTwo = cost! > 1 && Number.isInteger(Math.log2(cost!));
  const inBounds = cost! <= COST_MAX && blockSize! <= BLOCK_SIZE_MAX && parallelism! <= PARALLELISM_MAX;
  return isPowerOfTwo && inBounds && blockSize! > 0 && parallelism! > 0;
}

function derive(password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> {
  const memory = 256 * options.N! * options.r!;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, bytes, { ...options, maxmem: memory }, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
