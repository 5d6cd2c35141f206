import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CACHE } from "../paths";

/**
 * Makes a folder of the cache once. It is made beside its place and put there when it is whole, so that an install that
 * was interrupted is not taken for one that was finished; two processes at once end with one of the two.
 * @param name names what is in it, version included: another version is another folder
 * @param make fills the folder that it is given
 * @param cache where it is kept
 */
export async function once(
  name: string,
  make: (folder: string) => Promise<void>,
  cache = CACHE,
): Promise<string> {
  const place = join(cache, name);
  if (existsSync(place)) return place;
  const making = `${place}.making-${process.pid}`;
  await mkdir(dirname(making), { recursive: true });
  try {
    await make(making);
    await rename(making, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return place;
}
