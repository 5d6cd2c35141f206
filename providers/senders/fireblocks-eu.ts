import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export default fireblocksAt("fireblocks-eu", "Fireblocks (EU)");

export const setup = fireblocksSetup;

export const sample = fireblocksSample;
