import { statSync } from "node:fs";
import type { Bench } from "./figure";
import { makeBundles } from "./handlers/bundles";

export const name = "cold-start-bytes";
export const title = "bytes of the ingestion function / of a plain one bundled with esbuild's defaults";
export const unit = "";
export const target = { atMost: 0.3 };

export async function measure({ step }: Bench): Promise<readonly number[]> {
  const { own, naive } = await makeBundles();
  const [small, large] = [statSync(own).size, statSync(naive).size];
  step(`${small} and ${large} bytes`);
  return [small / large];
}
