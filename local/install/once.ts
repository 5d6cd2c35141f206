import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CACHE } from "../paths";
import { isAlive } from "../../inbox/local-stack";

/** Milliseconds between two checks whether another process has finished its install. */
const LOOK_MS = 100;

/**
 * Makes a folder of the cache once, in one process; other processes that need it meanwhile wait. The folder is made
 * under another name and renamed when it is complete, so that an interrupted install is not taken for a finished one.
 * @param name name of the folder, including the version: another version is another folder
 * @param make fills the folder that it is given
 * @param cache where the folder is stored
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
    // Accepts that another process made it meanwhile: of two that remove the lock of a killed one, each may hold the next.
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
    await unlock();
  }
  return folder;
}

/** Waits until no other running process holds the lock, and takes it. @returns a function that releases it */
async function lock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = holderOf(file);
    // Remove the lock of a process that was killed.
    if (holder !== undefined && !isAlive(holder)) await rm(file, { force: true });
    else await pause(LOOK_MS);
  }
}

/** Returns the process id in the lock; undefined while it is being written, or if it is gone again. */
function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined;
  }
}
