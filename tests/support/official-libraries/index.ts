import { hmacLibraries } from "./hmac";
import type { OfficialLibrary } from "./library";
import { otherLibraries } from "./others";

export type { OfficialLibrary } from "./library";

/**
 * The providers' own libraries, with whose verdicts ours are compared.
 *
 * Left out because of the size of their install: `@adyen/api-library` (33 MB), `@hubspot/api-client` (47 MB), `square`
 * (71 MB with its dependencies) and `@polar-sh/sdk` (44 MB); published vectors replace the first three. `openai` (20
 * MB) and `@polar-sh/sdk` verify like `standardwebhooks`, which is included. `intercom-client`, `@mollie/api-client`
 * and `@lemonsqueezy/lemonsqueezy.js` do not verify webhooks.
 */
export const officialLibraries: readonly OfficialLibrary[] = [...hmacLibraries, ...otherLibraries];
