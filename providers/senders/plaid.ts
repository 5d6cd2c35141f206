import { plaidAt, plaidSample, plaidSetup } from "../recipes/plaid";

export const setup = plaidSetup;

export default plaidAt("plaid", "Plaid");

export const sample = plaidSample;
