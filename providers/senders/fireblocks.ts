import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export default fireblocksAt("fireblocks", "Fireblocks");

export const setup = fireblocksSetup;

export const sample = fireblocksSample;
