// Declares the module here: the package's own types need another module resolution than this project's.
declare module "@bomb.sh/tab/commander" {
  import type { Command } from "commander";

  type Complete = (value: string, description: string) => void;

  interface CompletedCommand {
    readonly options: ReadonlyMap<string, { handler?: (complete: Complete) => void }>;
  }

  interface Completion extends CompletedCommand {
    readonly commands: ReadonlyMap<string, CompletedCommand>;
  }

  /** Adds the command that prints a completion script for a shell, and the hidden command that this script calls. */
  export default function tab(
    program: Command,
    options?: { readonly completionCommandName?: string },
  ): Completion;
}
