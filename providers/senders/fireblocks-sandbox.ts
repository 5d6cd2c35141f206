import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export const setup = fireblocksSetup;

export const sample = fireblocksSample;

export default fireblocksAt("fireblocks-sandbox", "Fireblocks (sandbox)");
