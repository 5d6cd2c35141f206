import { join } from "node:path";

/** The project's folder. */
export const ROOT = join(__dirname, "..");

/** Everything that the local stack installs or writes; ignored by git, and safe to delete. */
export const CACHE = join(ROOT, ".cache");
