import { CombinedGraphQLErrors } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useOptimistic, useRef, useState, useTransition } from 'react';
import type { ProductImageFragment, ProductImagesFragment } from '../generated/graphql.ts';
import { type Change, changed } from './changes.ts';
import { ATTACH, DETACH, REORDER, SET_ALT_TEXT, SET_MAIN } from './operations.ts';

interface Payload {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

export interface Problem {
  readonly message: string;
  /** Tries the change again. */
  readonly retry: () => void;
}

const NO_ANSWER = 'The shop does not answer at the moment. Nothing was changed.';

/** The images of a product, and changes that are saved at once, one after the other. */
export function useImages(product: ProductImagesFragment) {
  const client = useApolloClient();
  const [shown, show] = useOptimistic(product, changed);
  const [isSaving, startSaving] = useTransition();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saves, setSaves] = useState(0);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const productId = product.id;

  function save(request: () => Promise<readonly Payload[]>, change?: Change): void {
    setProblem(null);
    startSaving(async () => {
      if (change) show(change);
      const saving = last.current.then(request).then(messageOf, problemOf);
      last.current = saving;
      const message = await saving;
      if (message === null) return setSaves((count) => count + 1);
      setProblem({ message, retry: () => save(request, change) });
    });
  }

  return {
    ...shown,
    isSaving,
    problem,
    /** How many changes were saved. */
    saves,
    attach: (mediaIds: readonly string[]) =>
      save(async () => {
        const items = mediaIds.map((mediaId) => ({ mediaId }));
        const variables = { input: { productId, items } };
        const { data } = await client.mutate({ mutation: ATTACH, variables });
        return data.attachMediaFilesToProduct;
      }),
    /** To the place of the image that is there now. */
    move(id: string, to: number): void {
      const newPosition = shown.details[to]?.displayOrder;
      if (newPosition === undefined) return;
      const variables = { input: { productId, moves: [{ id, newPosition }] } };
      save(
        async () => {
          const { data } = await client.mutate({ mutation: REORDER, variables });
          return [data.reorderProductMedia];
        },
        { kind: 'move', id, to },
      );
    },
    makeMain({ id, media }: ProductImageFragment): void {
      if (!media) return;
      const variables = { input: { productId, mediaId: media.id } };
      save(
        async () => {
          const { data } = await client.mutate({ mutation: SET_MAIN, variables });
          return [data.setProductMainImage];
        },
        { kind: 'makeMain', id },
      );
    },
    setAltText: (id: string, altText: string | null) =>
      save(async () => {
        const variables = { input: { id, altText } };
        const { data } = await client.mutate({ mutation: SET_ALT_TEXT, variables });
        return [data.updateProductMedia];
      }),
    remove({ id, media }: ProductImageFragment): void {
      if (!media) return;
      const usageType = shown.mainImage?.id === id ? 'MAIN_IMAGE' : 'GALLERY';
      const variables = { input: { productId, mediaId: media.id, usageType } as const };
      save(
        async () => {
          const { data } = await client.mutate({ mutation: DETACH, variables });
          return [data.detachMediaFromProduct];
        },
        { kind: 'remove', id },
      );
    },
  };
}
export type Images = ReturnType<typeof useImages>;

/** Null: everything is saved. An image that is there already needs no change. */
function messageOf(payloads: readonly Payload[]): string | null {
  const messages = payloads
    .flatMap((payload) => payload.userErrors)
    .filter(({ code }) => code !== 'ALREADY_ATTACHED')
    .map(({ message }) => message);
  return messages.length > 0 ? [...new Set(messages)].join(' ') : null;
}

const problemOf = (error: unknown): string =>
  CombinedGraphQLErrors.is(error)
    ? error.errors.map(({ message }) => message).join(' ')
    : NO_ANSWER;
