import { messageOf } from '@federated-media/subgraph-kit/error-code';

/** The command was given something it can't take: answered with the reason and how to use it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command of the terminal and prints the text it answers with. `--help` prints `usage`. What fails
 * ends with exit code 1 and its message, what was asked wrongly with 2 and the usage; only faults of ours (a
 * TypeError and the like) show a stack.
 */
export async function runCommandLine(
  usage: string,
  command: (args: string[]) => Promise<string>,
): Promise<void> {
  const args = process.argv.slice(2).filter((arg) => arg !== '--');
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    const text = await command(args);
    if (text) process.stdout.write(`${text}\n`);
  } catch (error) {
    process.exitCode = isMisuse(error) ? 2 : 1;
    process.stderr.write(`${explain(error, usage)}\n`);
  }
}

function explain(error: unknown, usage: string): string {
  if (isMisuse(error)) return `${messageOf(error)}\n\n${usage}`;
  const isOurFault = error instanceof TypeError || error instanceof ReferenceError;
  return isOurFault ? (error.stack ?? error.message) : messageOf(error);
}

const isMisuse = (error: unknown) => error instanceof UsageError || isFromParseArgs(error);

function isFromParseArgs(error: unknown): boolean {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE')
  );
}
