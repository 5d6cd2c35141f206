/* oxlint-disable max-lines -- written by `npm run providers` out of the files beside it, two lines for each. */
import type { Sender } from "../engine/sender";
import * as adyen from "./adyen";
import * as adyenPlatform from "./adyen-platform";
import * as aftership from "./aftership";
import * as airtable from "./airtable";
import * as alchemy from "./alchemy";
import * as appleAppStore from "./apple-app-store";
import * as asana from "./asana";
import * as attio from "./attio";
import * as auth0 from "./auth0";
import * as authorizenet from "./authorizenet";
import * as awsSns from "./aws-sns";
import * as azureEventGrid from "./azure-event-grid";
import * as bitbucket from "./bitbucket";
import * as bitbucketServer from "./bitbucket-server";
import * as box from "./box";
import * as braintree from "./braintree";
import * as brex from "./brex";
import * as buildkite from "./buildkite";
import * as calcom from "./calcom";
import * as calendly from "./calendly";
import * as chargebee from "./chargebee";
import * as checkoutcom from "./checkoutcom";
import * as circleci from "./circleci";
import * as clerk from "./clerk";
import * as clickup from "./clickup";
import * as cloudflareNotifications from "./cloudflare-notifications";
import * as coinbaseCdp from "./coinbase-cdp";
import * as coinbaseCommerce from "./coinbase-commerce";
import * as contentful from "./contentful";
import * as cursor from "./cursor";
import * as customerio from "./customerio";
import * as discord from "./discord";
import * as docusign from "./docusign";
import * as dropbox from "./dropbox";
import * as dropboxSign from "./dropbox-sign";
import * as easypost from "./easypost";
import * as elevenlabs from "./elevenlabs";
import * as fireblocks from "./fireblocks";
import * as fireblocksEu from "./fireblocks-eu";
import * as fireblocksEu2 from "./fireblocks-eu2";
import * as fireblocksSandbox from "./fireblocks-sandbox";
import * as flutterwave from "./flutterwave";
import * as front from "./front";
import * as fusionauth from "./fusionauth";
import * as gemini from "./gemini";
import * as ghost from "./ghost";
import * as gitea from "./gitea";
import * as github from "./github";
import * as gitlab from "./gitlab";
import * as gitlabSigned from "./gitlab-signed";
import * as gocardless from "./gocardless";
import * as gogs from "./gogs";
import * as googlePubsub from "./google-pubsub";
import * as hcpTerraform from "./hcp-terraform";
import * as helpscout from "./helpscout";
import * as heroku from "./heroku";
import * as hmacSha256 from "./hmac-sha256";
import * as hookdeck from "./hookdeck";
import * as hubspotV1 from "./hubspot-v1";
import * as hubspotV2 from "./hubspot-v2";
import * as hubspotV3 from "./hubspot-v3";
import * as huggingface from "./huggingface";
import * as intercom from "./intercom";
import * as jira from "./jira";
import * as klaviyo from "./klaviyo";
import * as knock from "./knock";
import * as launchdarkly from "./launchdarkly";
import * as lemonsqueezy from "./lemonsqueezy";
import * as line from "./line";
import * as linear from "./linear";
import * as mailchimp from "./mailchimp";
import * as mailgun from "./mailgun";
import * as mandrill from "./mandrill";
import * as mercadoPago from "./mercado-pago";
import * as messagebird from "./messagebird";
import * as meta from "./meta";
import * as microsoftGraph from "./microsoft-graph";
import * as modernTreasury from "./modern-treasury";
import * as mollie from "./mollie";
import * as mollieClassic from "./mollie-classic";
import * as monday from "./monday";
import * as mux from "./mux";
import * as neon from "./neon";
import * as netlify from "./netlify";
import * as notion from "./notion";
import * as nylas from "./nylas";
import * as okta from "./okta";
import * as openai from "./openai";
import * as orb from "./orb";
import * as paddle from "./paddle";
import * as pagerduty from "./pagerduty";
import * as patreon from "./patreon";
import * as paypal from "./paypal";
import * as paypalSandbox from "./paypal-sandbox";
import * as paystack from "./paystack";
import * as persona from "./persona";
import * as picqer from "./picqer";
import * as pipedrive from "./pipedrive";
import * as plaid from "./plaid";
import * as plaidSandbox from "./plaid-sandbox";
import * as planetscale from "./planetscale";
import * as plivo from "./plivo";
import * as polar from "./polar";
import * as postmark from "./postmark";
import * as quickbooks from "./quickbooks";
import * as razorpay from "./razorpay";
import * as recharge from "./recharge";
import * as recurly from "./recurly";
import * as replicate from "./replicate";
import * as resend from "./resend";
import * as revenuecat from "./revenuecat";
import * as revolut from "./revolut";
import * as sanity from "./sanity";
import * as segment from "./segment";
import * as sendgrid from "./sendgrid";
import * as sentry from "./sentry";
import * as shippo from "./shippo";
import * as shopify from "./shopify";
import * as slack from "./slack";
import * as snyk from "./snyk";
import * as sonarqube from "./sonarqube";
import * as square from "./square";
import * as standardWebhooks from "./standard-webhooks";
import * as standardWebhooksV1a from "./standard-webhooks-v1a";
import * as strava from "./strava";
import * as stripe from "./stripe";
import * as svix from "./svix";
import * as telegram from "./telegram";
import * as telnyx from "./telnyx";
import * as trello from "./trello";
import * as twilio from "./twilio";
import * as twitch from "./twitch";
import * as twitter from "./twitter";
import * as typeform from "./typeform";
import * as uber from "./uber";
import * as vercel from "./vercel";
import * as vercelLogDrains from "./vercel-log-drains";
import * as vonage from "./vonage";
import * as webflow from "./webflow";
import * as whatsapp from "./whatsapp";
import * as wise from "./wise";
import * as wix from "./wix";
import * as woocommerce from "./woocommerce";
import * as workos from "./workos";
import * as xendit from "./xendit";
import * as xero from "./xero";
import * as zendesk from "./zendesk";
import * as zoom from "./zoom";

/** Every provider by the id of its scheme. */
export const senders: Readonly<Record<string, Sender>> = {
  adyen,
  "adyen-platform": adyenPlatform,
  aftership,
  airtable,
  alchemy,
  "apple-app-store": appleAppStore,
  asana,
  attio,
  auth0,
  authorizenet,
  "aws-sns": awsSns,
  "azure-event-grid": azureEventGrid,
  bitbucket,
  "bitbucket-server": bitbucketServer,
  box,
  braintree,
  brex,
  buildkite,
  calcom,
  calendly,
  chargebee,
  checkoutcom,
  circleci,
  clerk,
  clickup,
  "cloudflare-notifications": cloudflareNotifications,
  "coinbase-cdp": coinbaseCdp,
  "coinbase-commerce": coinbaseCommerce,
  contentful,
  cursor,
  customerio,
  discord,
  docusign,
  dropbox,
  "dropbox-sign": dropboxSign,
  easypost,
  elevenlabs,
  fireblocks,
  "fireblocks-eu": fireblocksEu,
  "fireblocks-eu2": fireblocksEu2,
  "fireblocks-sandbox": fireblocksSandbox,
  flutterwave,
  front,
  fusionauth,
  gemini,
  ghost,
  gitea,
  github,
  gitlab,
  "gitlab-signed": gitlabSigned,
  gocardless,
  gogs,
  "google-pubsub": googlePubsub,
  "hcp-terraform": hcpTerraform,
  helpscout,
  heroku,
  "hmac-sha256": hmacSha256,
  hookdeck,
  "hubspot-v1": hubspotV1,
  "hubspot-v2": hubspotV2,
  "hubspot-v3": hubspotV3,
  huggingface,
  intercom,
  jira,
  klaviyo,
  knock,
  launchdarkly,
  lemonsqueezy,
  line,
  linear,
  mailchimp,
  mailgun,
  mandrill,
  "mercado-pago": mercadoPago,
  messagebird,
  meta,
  "microsoft-graph": microsoftGraph,
  "modern-treasury": modernTreasury,
  mollie,
  "mollie-classic": mollieClassic,
  monday,
  mux,
  neon,
  netlify,
  notion,
  nylas,
  okta,
  openai,
  orb,
  paddle,
  pagerduty,
  patreon,
  paypal,
  "paypal-sandbox": paypalSandbox,
  paystack,
  persona,
  picqer,
  pipedrive,
  plaid,
  "plaid-sandbox": plaidSandbox,
  planetscale,
  plivo,
  polar,
  postmark,
  quickbooks,
  razorpay,
  recharge,
  recurly,
  replicate,
  resend,
  revenuecat,
  revolut,
  sanity,
  segment,
  sendgrid,
  sentry,
  shippo,
  shopify,
  slack,
  snyk,
  sonarqube,
  square,
  "standard-webhooks": standardWebhooks,
  "standard-webhooks-v1a": standardWebhooksV1a,
  strava,
  stripe,
  svix,
  telegram,
  telnyx,
  trello,
  twilio,
  twitch,
  twitter,
  typeform,
  uber,
  vercel,
  "vercel-log-drains": vercelLogDrains,
  vonage,
  webflow,
  whatsapp,
  wise,
  wix,
  woocommerce,
  workos,
  xendit,
  xero,
  zendesk,
  zoom,
};
