import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

/** One bash that keeps its variables between commands, as a reader's terminal does. */
export function openShell(folder: string) {
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** The output of `command`. */
    async run(command: string): Promise<string> {
      const end = `end-${randomUUID()}`;
      child.stdin.write(`${command}\necho; echo ${end}\n`);
      const printed: string[] = [];
      for (
        let line = await lines.next();
        !line.done && line.value !== end;
        line = await lines.next()
      ) {
        printed.push(line.value);
      }
      return printed.join('\n').trim();
    },
    close: () => child.stdin.end(),
  };
}
