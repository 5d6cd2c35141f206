/* The schemes that need code. Every export is a scheme: adding one is one line here. */
export { adyen } from "./adyen";
export { awsSns } from "./aws-sns";
export { braintree } from "./braintree";
export { coinbaseCdp } from "./coinbase-cdp";
export { contentful } from "./contentful";
export { dropboxSign } from "./dropbox-sign";
export { fireblocks, fireblocksEu, fireblocksEu2, fireblocksSandbox } from "./fireblocks";
export { fusionAuth } from "./fusionauth";
export { hubspotV3 } from "./hubspot-v3";
export { microsoftGraph } from "./microsoft-graph";
export { monday } from "./monday";
export { neon } from "./neon";
export { paypal, paypalSandbox } from "./paypal";
export { plaid, plaidSandbox } from "./plaid";
export { mandrill, twilio } from "./twilio";
export { wix } from "./wix";
