import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export default fireblocksAt("fireblocks-sandbox", "Fireblocks (sandbox)");

export const setup = fireblocksSetup;

export const sample = fireblocksSample;
