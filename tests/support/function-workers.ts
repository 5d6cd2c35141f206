import { readdirSync, readFileSync } from "node:fs";

/** Parents of all processes, from /proc. */
function parents(): Map<number, number> {
  const entries = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    entries.flatMap((pid): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The command stands in brackets and can hold anything; the parent is the second field after it.
        const parent = stat
          .slice(stat.lastIndexOf(")") + 2)
          .split(" ")
          .at(1);
        return [[Number(pid), Number(parent)]];
      } catch {
        // It ended meanwhile.
        return [];
      }
    }),
  );
}

/** Processes in which the emulator below `emulatorPid` runs functions: node, somewhere below it. */
export function functionWorkers(emulatorPid: number): number[] {
  const parentOf = parents();
  const below = (pid: number): boolean => {
    const parent = parentOf.get(pid);
    return parent !== undefined && (parent === emulatorPid || below(parent));
  };
  return [...parentOf.keys()].filter((pid) => below(pid) && isNode(pid));
}

function isNode(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]?.endsWith("node") === true;
  } catch {
    return false;
  }
}
