import { plaidAt, plaidSample, plaidSetup } from "../recipes/plaid";

export default plaidAt("plaid", "Plaid");

export const setup = plaidSetup;

export const sample = plaidSample;
