import { fireblocksAt, fireblocksSample, fireblocksSetup } from "../recipes/fireblocks";

export default fireblocksAt("fireblocks-eu2", "Fireblocks (EU2)");

export const setup = fireblocksSetup;

export const sample = fireblocksSample;
