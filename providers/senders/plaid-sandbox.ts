import { plaidAt, plaidSample, plaidSetup } from "../recipes/plaid";

export default plaidAt("plaid-sandbox", "Plaid (sandbox)");

export const setup = plaidSetup;

export const sample = plaidSample;
