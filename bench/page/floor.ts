import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Ready = z.object({ url: z.string() });

export interface FloorSettings {
  readonly databases: { readonly catalog: string; readonly cms: string };
  readonly secret: string;
  /** A page of ours: which renditions it lists, and under which path. */
  readonly example: string;
}

/** The bare server of a product page, in a separate process. */
export async function startFloor(settings: FloorSettings) {
  const child = fork(fileURLToPath(new URL('./floor-server.ts', import.meta.url)));
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
