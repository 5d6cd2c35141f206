import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export const setup = fireblocksSetup;

export default fireblocksAt("fireblocks-eu", "Fireblocks (EU)");

export const sample = fireblocksSample;
