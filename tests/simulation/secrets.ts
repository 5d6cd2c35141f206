import type { IngestPorts } from "../../functions/domain/ingest-ports";
import { SECRET } from "./sender";

/** The secrets as ingestion finds them in its cache. */
export const secrets: IngestPorts["secrets"] = {
  get: async () => [SECRET],
  refresh: async () => false,
  learn: async () => false,
};
