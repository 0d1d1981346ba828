/** The process that inspects files. */
import { z } from 'zod';
import { serveJobs } from '../../platform/workers/serve-jobs.ts';
import { inspect } from './inspect.ts';

const job = z.object({
  path: z.string(),
  byteSize: z.number(),
  originalFilename: z.string(),
  declaredMimeType: z.string(),
  maxPixels: z.number(),
  sanitizedPath: z.string(),
  acceptsMacros: z.boolean(),
  accepted: z.array(z.string()),
});

serveJobs((given, timeLimit) => inspect(job.parse(given), timeLimit));
