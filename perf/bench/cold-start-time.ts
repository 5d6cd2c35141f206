import { join } from "node:path";
import { node24Folder } from "../../local/install/node24";
import { run } from "../../local/install/run";
import { median, type Bench } from "./figure";
import { makeBundles } from "./handlers/bundles";
import { ENVIRONMENT } from "./handlers/request";

/** Number of pairs of loads in a round, each load in a process of its own. */
const LOADS = 9;

export const name = "cold-start-time";
export const title = "time to load the ingestion function / a plain one bundled with esbuild's defaults";
export const unit = "";
export const target = { atMost: 0.3 };

export async function measure({ rounds, step }: Bench): Promise<readonly number[]> {
  const { own, naive } = await makeBundles();
  const node = join(await node24Folder(step), "node");
  const variables = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  const load = async (file: string): Promise<number> => {
    const source = `const t = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - t)`;
    return Number(await run("env", [...variables, node, "-e", source]));
  };
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    step(`loading both bundles, round ${round} of ${rounds}`);
    const times = { own: [] as number[], naive: [] as number[] };
    for (let pair = 0; pair < LOADS; pair += 1) {
      times.own.push(await load(own));
      times.naive.push(await load(naive));
    }
    if (round > 0) {
      values.push(median(times.own) / median(times.naive));
      step(`${median(times.own).toFixed(0)} and ${median(times.naive).toFixed(0)} ms`);
    }
  }
  return values;
}
