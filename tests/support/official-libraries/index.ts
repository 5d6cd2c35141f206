import { hmacLibraries } from "./hmac";
import type { OfficialLibrary } from "./library";
import { otherLibraries } from "./others";

export type { OfficialLibrary } from "./library";

/**
 * The providers' own libraries that our verdicts are compared with.
 *
 * Left out, by the size of what an install would fetch: `@adyen/api-library` (33 MB), `@hubspot/api-client` (47 MB),
 * `square` (71 MB with what it needs) and `@polar-sh/sdk` (44 MB); published vectors stand for the first three. `openai`
 * (20 MB) and `@polar-sh/sdk` verify as `standardwebhooks`, which is here. `intercom-client`, `@mollie/api-client` and
 * `@lemonsqueezy/lemonsqueezy.js` verify no webhooks.
 */
export const officialLibraries: readonly OfficialLibrary[] = [...hmacLibraries, ...otherLibraries];
