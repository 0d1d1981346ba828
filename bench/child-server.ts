import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const Ready = z.object({ url: z.string() });

/** A bare server in a separate process, which gets `settings` as its first message and answers with its URL. */
export async function startChildServer(module: URL, settings: object) {
  const child = fork(module);
  child.send(settings);
  const ready: Promise<unknown[]> = once(child, 'message');
  const [message] = await ready;
  return {
    url: Ready.parse(message).url,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
