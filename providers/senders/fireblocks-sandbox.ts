import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export const setup = fireblocksSetup;

export default fireblocksAt("fireblocks-sandbox", "Fireblocks (sandbox)");

export const sample = fireblocksSample;
