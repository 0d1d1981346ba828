import { CombinedGraphQLErrors } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useOptimistic, useRef, useState, useTransition } from 'react';
import type { ProductImageFragment, ProductImagesFragment } from '../generated/graphql.ts';
import { type Change, changed } from './changes.ts';
import { ATTACH, DETACH, REORDER, SET_ALT_TEXT, SET_MAIN } from './operations.ts';

interface Payload {
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

/** A change that could not be saved. It is kept until it is tried again or given up. */
export interface Problem {
  /** The same for changes of which only the last counts. */
  readonly key: string;
  readonly message: string;
  /** Tries the change again. */
  readonly retry: () => void;
  readonly dismiss: () => void;
}

const NO_ANSWER = 'The shop does not answer at the moment. Nothing was changed.';

const KINDS = {
  attach: 'Adding images',
  move: 'Moving an image',
  main: 'Choosing the main image',
  text: 'The alternative text',
  remove: 'Removing an image',
} as const;

/** The images of a product, and changes that are saved at once, one after the other. */
export function useImages(product: ProductImagesFragment) {
  const client = useApolloClient();
  const [shown, show] = useOptimistic(product, changed);
  const [isSaving, startSaving] = useTransition();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [saves, setSaves] = useState(0);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const productId = product.id;

  const dismiss = (key: string) => setProblems((all) => all.filter((one) => one.key !== key));

  function save(
    kind: keyof typeof KINDS,
    id: string,
    request: () => Promise<readonly Payload[]>,
    change?: Change,
  ): void {
    const key = `${kind} ${id}`;
    dismiss(key);
    startSaving(async () => {
      if (change) show(change);
      const saving = last.current.then(request).then(messageOf, problemOf);
      last.current = saving;
      const message = await saving;
      if (message === null) return setSaves((count) => count + 1);
      const problem = {
        key,
        message: `${KINDS[kind]}: ${message}`,
        retry: () => save(kind, id, request, change),
        dismiss: () => dismiss(key),
      };
      setProblems((all) => [...all.filter((one) => one.key !== key), problem]);
    });
  }

  return {
    ...shown,
    isSaving,
    problems,
    /** How many changes were saved. */
    saves,
    attach: (mediaIds: readonly string[]) =>
      save('attach', mediaIds.join(), async () => {
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
        'move',
        id,
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
        'main',
        productId,
        async () => {
          const { data } = await client.mutate({ mutation: SET_MAIN, variables });
          return [data.setProductMainImage];
        },
        { kind: 'makeMain', id },
      );
    },
    setAltText: (id: string, altText: string | null) =>
      save('text', id, async () => {
        const variables = { input: { id, altText } };
        const { data } = await client.mutate({ mutation: SET_ALT_TEXT, variables });
        return [data.updateProductMedia];
      }),
    remove({ id, media }: ProductImageFragment): void {
      if (!media) return;
      const usageType = shown.mainImage?.id === id ? 'MAIN_IMAGE' : 'GALLERY';
      const variables = { input: { productId, mediaId: media.id, usageType } as const };
      save(
        'remove',
        id,
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
