import { plaidAt, plaidSample, plaidSetup } from "../recipes/plaid";

export const setup = plaidSetup;

export default plaidAt("plaid-sandbox", "Plaid (sandbox)");

export const sample = plaidSample;
