import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CACHE } from "../paths";
import { isAlive } from "../../inbox/local-stack";

/** Milliseconds between two looks of a process that waits for another one's install. */
const LOOK_MS = 100;

/**
 * Makes a folder of the cache once, in one process: others that want it meanwhile wait for it. It is made beside its place
 * and put there when it is whole, so that an install that was interrupted is not taken for one that was finished.
 * @param name names what is in it, version included: another version is another folder
 * @param make fills the folder that it is given
 * @param@param cache where it is stored
 */
export async function once(
  name: string,
  make: (folder: string) => Promise<void>,
  cache = CACHE,
): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  const making = `${folder}.making-${process.pid}`;
  try {
    if (existsSync(folder)) return folder;
    await make(making);
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
    await unlock();
  }
  return folder;
}

/** Waits until no other process that lives holds the lock, and takes it. @returns lets go of it */
async function lock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = holderOf(file);
    // A process that was killed leaves its lock behind.
    if (holder !== undefined && !isAlive(holder)) await rm(file, { force: true });
    else await pause(LOOK_MS);
  }
}

/** Undefined while the lock is being written, or is gone again. */
function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
