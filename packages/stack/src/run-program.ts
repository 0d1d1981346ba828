import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program of ours in this terminal and answers with its exit code. A signal of the terminal reaches
 * both; this process waits, so that the database it started outlives the work.
 */
export async function runProgram(
  program: string,
  { args, env }: { args: readonly string[]; env: NodeJS.ProcessEnv },
): Promise<number> {
  const wait = () => {};
  process.on('SIGINT', wait);
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'inherit' });
  await once(child, 'exit');
  process.off('SIGINT', wait);
  return child.exitCode ?? 1;
}
