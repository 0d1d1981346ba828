import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a program in this terminal and returns its exit code. Ctrl-C reaches both processes; this one waits, so that
 * its database runs until the program has ended.
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
