/** The process renditions are made in. */
import { z } from 'zod';
import { serveJobs } from '../workers/serve-jobs.ts';
import { draw } from './draw.ts';
import { FORMATS } from './format.ts';

const side = z.number().nullable();
const job = z.object({
  path: z.string(),
  to: z.string(),
  maxPixels: z.number(),
  recipe: z.object({
    width: side,
    height: side,
    fit: z.enum(['INSIDE', 'COVER', 'CONTAIN']),
    focus: z.object({ x: z.number(), y: z.number() }),
    format: z.enum(FORMATS),
    quality: z.number().nullable(),
    background: z.string().nullable(),
  }),
});

serveJobs((given) => draw(job.parse(given)));
