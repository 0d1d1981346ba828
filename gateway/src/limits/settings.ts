import { byteSetting, countSetting } from '@federated-media/subgraph-kit/settings';
import type { DocumentLimits } from '@federated-media/subgraph-kit/document-limits';
import type { JsonLimits } from '@federated-media/multipart/json-size';
import { z } from 'zod';
import type { Rate, RateLimits } from './rate-buckets.ts';

const rateSetting = () =>
  z
    .string()
    .transform((text, context): Rate => {
      const [, perSecond = '', burst = ''] = /^ *(\d{1,9}) *\/ *(\d{1,9}) *$/.exec(text) ?? [];
      const rate = { perSecond: Number(perSecond), burst: Number(burst) };
      if (rate.perSecond > 0 && rate.burst > 0) return rate;
      const message = 'must be fields per second and at once, such as 500/5000';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional();

/** The limits of requests. */
export const limitSettings = {
  MAX_TOKENS: countSetting({ byDefault: 5_000, atMost: 20_000 }),
  MAX_DEPTH: countSetting({ byDefault: 15, atMost: 50 }),
  MAX_ALIASES: countSetting({ byDefault: 50, atMost: 1_000 }),
  MAX_ROOT_FIELDS: countSetting({ byDefault: 50, atMost: 1_000 }),
  MAX_FIELDS: countSetting({ byDefault: 300, atMost: 2_000 }),
  MAX_VARIABLE_VALUES: countSetting({ byDefault: 10_000, atMost: 50_000 }),
  MAX_VARIABLE_DEPTH: countSetting({ byDefault: 16, atMost: 50 }),
  APQ_CACHE_BYTES: byteSetting(10e6),
  TRUSTED_DOCUMENTS: z.string().optional(),
  RATE_LIMIT_STORE: rateSetting(),
  RATE_LIMIT_CLIENT: rateSetting(),
  GATEWAYS: countSetting({ byDefault: 1, atMost: 1_000 }),
};

export interface OperationLimits {
  documentLimits: DocumentLimits;
  jsonLimits: JsonLimits;
  /** The size of all persisted query texts; the least recently used ones are removed first. */
  apqCacheBytes: number;
  /** Only these documents are run: a folder of `*.graphql` files, or a JSON file `{ "<id>": "<document>" }`. */
  trustedDocumentsPath?: string | undefined;
  rateLimits: RateLimits;
}

export const limitsOf = (given: z.output<z.ZodObject<typeof limitSettings>>): OperationLimits => ({
  documentLimits: {
    maxTokens: given.MAX_TOKENS,
    maxDepth: given.MAX_DEPTH,
    maxAliases: given.MAX_ALIASES,
    maxRootFields: given.MAX_ROOT_FIELDS,
    maxFields: given.MAX_FIELDS,
  },
  jsonLimits: {
    maxValues: given.MAX_VARIABLE_VALUES,
    maxDepth: given.MAX_VARIABLE_DEPTH,
  },
  apqCacheBytes: given.APQ_CACHE_BYTES,
  trustedDocumentsPath: given.TRUSTED_DOCUMENTS,
  rateLimits: {
    store: given.RATE_LIMIT_STORE,
    client: given.RATE_LIMIT_CLIENT,
    gateways: given.GATEWAYS,
  },
});
