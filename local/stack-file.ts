import { join } from "node:path";
import { CACHE } from "./paths";

/** Where a running stack says how to reach it, so that other commands find it. Apart from `stack.ts`, which loads Pulumi. */
export const STACK_FILE = join(CACHE, "stack.json");
