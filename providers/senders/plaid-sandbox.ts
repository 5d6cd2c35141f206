import { plaidAt, plaidSample, plaidSetup } from "../recipes/plaid";

export const setup = plaidSetup;

export const sample = plaidSample;

export default plaidAt("plaid-sandbox", "Plaid (sandbox)");
