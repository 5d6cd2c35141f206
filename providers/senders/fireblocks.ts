import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export const setup = fireblocksSetup;

export default fireblocksAt("fireblocks", "Fireblocks");

export const sample = fireblocksSample;
