import type { Bench } from "./figure";
import { compareHandlers } from "./handlers/compare";

export const name = "ingest";
export const title = "time of the ingestion function / of a plain one that calls S3, DynamoDB, SQS in turn";
export const unit = "";
export const target = { atMost: 0.68 };

export async function measure(bench: Bench): Promise<readonly number[]> {
  return (await compareHandlers(bench)).map(({ own, sequential }) => own / sequential);
}
