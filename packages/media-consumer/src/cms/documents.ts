import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type {
  ClaimMediaUsagesMutation,
  ClaimMediaUsagesMutationVariables,
  MediaChangesQuery,
  MediaChangesQueryVariables,
  MediaFileInUseQuery,
  MediaFileInUseQueryVariables,
  MediaUsageClaimsQuery,
  MediaUsageClaimsQueryVariables,
  ReleaseMediaUsagesMutation,
  ReleaseMediaUsagesMutationVariables,
} from '../generated/cms.ts';

/** A GraphQL document for the CMS, with the validation of its response. */
export interface Document<Variables, Answer> {
  readonly text: string;
  /** @throws Error for an invalid response */
  read(data: unknown): Answer;
  /** Never set: it carries the type. */
  readonly variables?: Variables;
}

/** `schema` must accept everything that the CMS's SDL allows: a change there is a compile error here. */
const documentOf =
  <Variables, Allowed>(file: string) =>
  <Schema extends z.ZodType>(
    schema: Allowed extends z.input<Schema> ? Schema : never,
  ): Document<Variables, z.output<Schema>> => ({
    text: readFileSync(new URL(file, import.meta.url), 'utf8'),
    read: (data) => schema.parse(data),
  });

const mediaType = z.enum(['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT']);
const status = z.enum(['UPLOADED', 'PROCESSING', 'READY', 'FAILED']);
const userErrors = z.array(
  z.object({ code: z.string(), message: z.string(), field: z.array(z.string()).nullable() }),
);

export const claimMediaUsages = documentOf<
  ClaimMediaUsagesMutationVariables,
  ClaimMediaUsagesMutation
>('claim.graphql')(
  z.object({
    claimMediaUsages: z.object({
      mediaFiles: z.array(z.object({ id: z.string(), mediaType, status })),
      userErrors,
    }),
  }),
);

export const releaseMediaUsages = documentOf<
  ReleaseMediaUsagesMutationVariables,
  ReleaseMediaUsagesMutation
>('release.graphql')(z.object({ releaseMediaUsages: z.object({ userErrors }) }));

export const mediaChanges = documentOf<MediaChangesQueryVariables, MediaChangesQuery>(
  'changes.graphql',
)(
  z.object({
    mediaChanges: z.object({
      changes: z.array(
        z.object({
          kind: z.enum(['TRASHED', 'RESTORED', 'PURGED', 'CONTENT_REPLACED']),
          storeId: z.string(),
          mediaId: z.string(),
          version: z.int(),
          occurredAt: z.string(),
        }),
      ),
      cursor: z.string(),
    }),
  }),
);

export const mediaFileInUse = documentOf<MediaFileInUseQueryVariables, MediaFileInUseQuery>(
  'file.graphql',
)(
  z.object({
    mediaFile: z.object({ version: z.int(), trashedAt: z.string().nullable() }).nullable(),
  }),
);

export const mediaUsageClaims = documentOf<MediaUsageClaimsQueryVariables, MediaUsageClaimsQuery>(
  'usages.graphql',
)(
  z.object({
    mediaUsageClaims: z.object({
      claims: z.array(
        z.object({
          usageId: z.string(),
          storeId: z.string(),
          mediaId: z.string(),
          claimVersion: z.int(),
          active: z.boolean(),
          label: z.string().nullable(),
          url: z.string().nullable(),
          mediaVersion: z.int(),
          trashed: z.boolean(),
        }),
      ),
      cursor: z.string().nullable(),
    }),
  }),
);
