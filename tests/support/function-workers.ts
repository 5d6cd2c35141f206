import { readdirSync, readFileSync } from "node:fs";

/** Returns the parents of all processes, from /proc. */
function parents(): Map<number, number> {
  const entries = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    entries.flatMap((pid): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // Search for the last bracket: the command in brackets can contain anything. The parent is the second field
        // after it.
        const parent = stat
          .slice(stat.lastIndexOf(")") + 2)
          .split(" ")
          .at(1);
        return [[Number(pid), Number(parent)]];
      } catch {
        // The process has ended meanwhile.
        return [];
      }
    }),
  );
}

/** Returns the processes in which the emulator with the pid `emulatorPid` runs functions: node processes below it. */
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
