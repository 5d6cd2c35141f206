import type { Variant } from "../world";
import { rekeyed } from "./rekeyed";

/** Treats a second event with the same bytes as a duplicate: the key is the hash at the end of the payload's S3 key. */
export const knowsByBody: Variant = {
  ingestPorts: (ports) => rekeyed(ports, ({ s3Key }) => s3Key.split("/").at(-1)!),
};
