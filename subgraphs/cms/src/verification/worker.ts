/** The process files are inspected in. Started by worker-pool.ts, one job at a time. */
import { z } from 'zod';
import { inspect } from './inspect.ts';

const job = z.object({
  path: z.string(),
  byteSize: z.number(),
  originalFilename: z.string(),
  declaredMimeType: z.string(),
  maxPixels: z.number(),
});

const send = (message: object) => process.send?.(message);

process.on('message', (message) => {
  inspect(job.parse(message)).then(
    (result) => send({ result }),
    (error: unknown) => send({ error: String(error) }),
  );
});

// A signal to the whole group is the parent's business: it may be finishing uploads that need this.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => {});

// The parent is gone, perhaps by kill -9. Exiting in order would wait for the decoder.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

send({ ready: true });
