import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export const setup = fireblocksSetup;

export default fireblocksAt("fireblocks-eu2", "Fireblocks (EU2)");

export const sample = fireblocksSample;
