import type { Plugin } from "esbuild";
import { isDeepStrictEqual } from "node:util";
import { schemes, type Scheme } from "../providers";
import * as custom from "../providers/custom";
import { protocolIds } from "../providers/protocols";

/**
 * Puts only these schemes into a function: the registry knows a hundred senders, and a cold start would read them all.
 * Schemes that are data travel as data; those with code bring their own file.
 * @param ids schemes of the configured providers
 */
export function onlySchemes(ids: readonly string[]): Plugin {
  return {
    name: "only-schemes",
    setup(build) {
      build.onLoad({ filter: /[\\/]providers[\\/]registry\.ts$/ }, () => ({
        contents: registryOf([...new Set(ids)].sort()),
        loader: "ts",
      }));
    },
  };
}

function registryOf(ids: readonly string[]): string {
  const imports: string[] = [];
  const entries = ids.map((id) => {
    const scheme = schemes[id];
    if (!scheme) throw new Error(`there is no scheme ${id}`);
    const ownFile = Object.entries(custom).find(([, { id: other }]) => other === id)?.[0];
    if (ownFile !== undefined) imports.push(`import { ${ownFile} } from "./custom";`);
    const source = ownFile ?? JSON.stringify(dataOf(scheme));
    return `${JSON.stringify(id)}: ${protocolIds.includes(id) ? `withProtocol(${source})` : source},`;
  });
  if (ids.some((id) => protocolIds.includes(id))) {
    imports.push(
      `import { protocolOf } from "./protocols";`,
      `const withProtocol = (scheme) => ({ ...scheme, ...protocolOf(scheme) });`,
    );
  }
  return `${imports.join("\n")}\nexport const schemes = {\n__proto__: null,\n${entries.join("\n")}\n};`;
}

/** A scheme without what its protocol adds to it, and without what only people read. */
function dataOf(scheme: Scheme): unknown {
  const asked = scheme.handshakes?.filter((rule) => !("answer" in rule));
  const left: Readonly<Record<string, unknown>> = { ...scheme, handshakes: asked, setup: undefined, unwrap: undefined };
  const data = Object.fromEntries(Object.entries(left).filter(([, value]) => value !== undefined));
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data)) {
    throw new Error(`scheme ${scheme.id} is neither data nor one of providers/custom`);
  }
  return data;
}
