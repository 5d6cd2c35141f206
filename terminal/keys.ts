import { emitKeypressEvents } from "node:readline";

/** Ctrl-C, which a terminal in raw mode passes on as a character. */
const CTRL_C = "\u0003";

/**
 * Calls an action for each key that is pressed, until the returned function is called. Does nothing if standard input
 * is not a terminal.
 * @param actions by key
 */
export function onKeys(actions: Readonly<Record<string, () => void>>): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => undefined;
  emitKeypressEvents(stdin);
  const pressed = (text: string | undefined): void => {
    if (text === CTRL_C) process.kill(process.pid, "SIGINT");
    else if (text !== undefined) actions[text]?.();
  };
  stdin.setRawMode(true);
  stdin.on("keypress", pressed);
  stdin.resume();
  return () => {
    stdin.off("keypress", pressed);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
