import type { Scheme } from "../scheme";
import { asana, notion } from "../schemes/learnt-secret";
import { adyen } from "./adyen";
import { braintree } from "./braintree";
import { contentful } from "./contentful";
import { dropboxSign } from "./dropbox-sign";
import { fireblocks } from "./fireblocks";
import { fusionAuth } from "./fusionauth";
import { hubspotV3 } from "./hubspot";
import { microsoftGraph } from "./microsoft-graph";
import { monday } from "./monday";
import { neon } from "./neon";
import { paypal, paypalSandbox } from "./paypal";
import { plaid, plaidSandbox } from "./plaid";
import { awsSns } from "./sns";
import { mandrill, twilio } from "./twilio";
import { wix } from "./wix";

/** The schemes that need code, be it to verify or to answer a sender's question. */
export const customSchemes: readonly Scheme[] = [
  adyen,
  asana,
  awsSns,
  braintree,
  contentful,
  dropboxSign,
  ...fireblocks,
  fusionAuth,
  hubspotV3,
  mandrill,
  microsoftGraph,
  monday,
  neon,
  notion,
  paypal,
  paypalSandbox,
  plaid,
  plaidSandbox,
  twilio,
  wix,
];
