import { newId } from '@federated-media/subgraph-kit/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The codes of a mutation's user errors. */
export type Codes = readonly string[];

export interface Listed {
  readonly mediaId: string;
  readonly displayOrder: number;
}

/** A consumer through its mutations and queries, for a client of `storeId`. */
export interface AssociationConsumer {
  /** Its name in the CMS's ledger. */
  readonly name: string;
  /** Creates an entity that can use several files in one order. Returns its id. */
  create(storeId: string): Promise<string>;
  attach(storeId: string, entityId: string, mediaId: string): Promise<Codes>;
  detach(storeId: string, entityId: string, mediaId: string): Promise<Codes>;
  /** The usages that the entity shows. */
  list(storeId: string, entityId: string): Promise<readonly Listed[]>;
  delete(storeId: string, entityId: string): Promise<Codes>;
  /** How people see its entities in the CMS. Default: they have no names and URLs there. */
  readonly shown?: ShownEntities;
}

export interface ShownEntities {
  /** The type of its entities, as the CMS's ledger shows it. */
  readonly entityType: string;
  /** Changes what people call an entity. */
  rename(storeId: string, entityId: string, name: string): Promise<Codes>;
  /** Where to edit an entity, according to the settings of the consumer; null without this setting. */
  editUrl(entityId: string): string | null;
}

/** The CMS through its mutations and queries. */
export interface ContractCms {
  /** Uploads a new image. Returns its id. */
  upload(storeId: string): Promise<string>;
  /** `usageCount`, and the consumers among `usages`. */
  usages(storeId: string, mediaId: string): Promise<{ count: number; consumers: string[] }>;
  /** `label` and `url` of the file's `usages`. */
  labels(storeId: string, mediaId: string): Promise<{ label: string | null; url: string | null }[]>;
  /** Moves the file to the trash, even if it is in use. */
  trash(storeId: string, mediaId: string): Promise<void>;
  restore(storeId: string, mediaId: string): Promise<void>;
  purge(storeId: string, mediaId: string): Promise<void>;
  /** Kills its process. */
  kill(): Promise<void>;
  /** Starts it again. */
  revive(): Promise<void>;
}

const STORE = 'contract';
const OTHER = 'contract-other';
/** Changes and releases arrive in the background: within moments, and after an outage within seconds. */
const soon = { timeout: 15_000, interval: 100 };

/** The behaviour that every consumer must have, tested on real processes. */
export function mediaAssociationContract(
  name: string,
  open: () => Promise<{
    consumer: AssociationConsumer;
    cms: ContractCms;
    close: () => Promise<void>;
  }>,
) {
  describe(`${name} keeps the contract of associations`, () => {
    let consumer: AssociationConsumer;
    let cms: ContractCms;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ consumer, cms, close } = await open());
    });
    afterAll(() => close());

    const listed = async (entityId: string) =>
      (await consumer.list(STORE, entityId)).map(
        (usage) => `${usage.displayOrder} ${usage.mediaId}`,
      );
    const countOf = async (mediaId: string) => (await cms.usages(STORE, mediaId)).count;

    /** Creates an entity that uses `count` new files. */
    async function entityWith(count: number) {
      const entityId = await consumer.create(STORE);
      const mediaIds: string[] = [];
      for (let made = 0; made < count; made += 1) {
        const mediaId = await cms.upload(STORE);
        expect(await consumer.attach(STORE, entityId, mediaId)).toEqual([]);
        mediaIds.push(mediaId);
      }
      return { entityId, mediaIds };
    }

    test('attached files are listed in order, and the CMS counts their usages immediately', async () => {
      const { entityId, mediaIds } = await entityWith(3);
      expect(await listed(entityId)).toEqual(
        mediaIds.map((mediaId, place) => `${place} ${mediaId}`),
      );
      for (const mediaId of mediaIds) {
        expect(await cms.usages(STORE, mediaId)).toEqual({ count: 1, consumers: [consumer.name] });
      }
    });

    test('several entities can use a file, and each of these usages counts', async () => {
      const { mediaIds } = await entityWith(1);
      const another = await consumer.create(STORE);
      expect(await consumer.attach(STORE, another, mediaIds[0]!)).toEqual([]);
      expect(await countOf(mediaIds[0]!)).toBe(2);
    });

    test('attaches the same file once', async () => {
      const { entityId, mediaIds } = await entityWith(1);
      expect(await consumer.attach(STORE, entityId, mediaIds[0]!)).toEqual(['ALREADY_ATTACHED']);
      expect(await listed(entityId)).toHaveLength(1);
      await expect.poll(() => countOf(mediaIds[0]!), soon).toBe(1);
    });

    test('of many concurrent requests for the same file one succeeds, and one usage is claimed', async () => {
      const entityId = await consumer.create(STORE);
      const mediaId = await cms.upload(STORE);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => consumer.attach(STORE, entityId, mediaId)),
      );
      expect(answers.flat()).toEqual(Array(7).fill('ALREADY_ATTACHED'));
      expect(await listed(entityId)).toEqual([`0 ${mediaId}`]);
      await expect.poll(() => countOf(mediaId), soon).toBe(1);
    });

    test('does not distinguish unknown files, other stores’ files and invalid ids, and attaches nothing', async () => {
      const entityId = await consumer.create(STORE);
      const foreign = await cms.upload(OTHER);
      for (const mediaId of [newId(), foreign, 'no id at all', '']) {
        expect(await consumer.attach(STORE, entityId, mediaId)).toEqual(['MEDIA_NOT_FOUND']);
      }
      expect(await listed(entityId)).toEqual([]);
      expect((await cms.usages(OTHER, foreign)).count).toBe(0);
    });

    test('does not distinguish unknown entities from those of other stores, and claims nothing', async () => {
      const theirs = await consumer.create(OTHER);
      const mediaId = await cms.upload(STORE);
      for (const entityId of [newId(), theirs, 'no id at all']) {
        expect(await consumer.attach(STORE, entityId, mediaId)).toEqual(['NOT_FOUND']);
      }
      expect(await consumer.list(OTHER, theirs)).toEqual([]);
      expect(await countOf(mediaId)).toBe(0);
    });

    test('detaching closes the gap and releases the usage, once', async () => {
      const { entityId, mediaIds } = await entityWith(3);
      const [first, gone, last] = mediaIds;
      expect(await consumer.detach(OTHER, entityId, gone!)).toEqual(['NOT_FOUND']);
      expect(await consumer.detach(STORE, entityId, gone!)).toEqual([]);
      expect(await listed(entityId)).toEqual([`0 ${first}`, `1 ${last}`]);
      await expect.poll(() => countOf(gone!), soon).toBe(0);
      expect(await consumer.detach(STORE, entityId, gone!)).toEqual(['NOT_ATTACHED']);
      expect([await countOf(first!), await countOf(last!)]).toEqual([1, 1]);
    });

    test('a detached file can be attached again', async () => {
      const { entityId, mediaIds } = await entityWith(1);
      await consumer.detach(STORE, entityId, mediaIds[0]!);
      expect(await consumer.attach(STORE, entityId, mediaIds[0]!)).toEqual([]);
      await expect.poll(() => countOf(mediaIds[0]!), soon).toBe(1);
    });

    test('a deleted entity releases its files, and no others', async () => {
      const { entityId, mediaIds } = await entityWith(2);
      const another = await consumer.create(STORE);
      await consumer.attach(STORE, another, mediaIds[1]!);
      expect(await consumer.delete(OTHER, entityId)).toEqual(['NOT_FOUND']);
      expect(await consumer.delete(STORE, entityId)).toEqual([]);
      await expect.poll(() => countOf(mediaIds[0]!), soon).toBe(0);
      await expect.poll(() => countOf(mediaIds[1]!), soon).toBe(1);
      expect(await listed(another)).toEqual([`0 ${mediaIds[1]}`]);
    });

    test('hides a file in the trash, keeps its position, and shows it again after a restore', async () => {
      const { entityId, mediaIds } = await entityWith(3);
      const [first, trashed, last] = mediaIds;
      const before = await listed(entityId);
      await cms.trash(STORE, trashed!);
      // Whether or not the change feed has reported it.
      expect(await consumer.attach(STORE, entityId, trashed!)).toEqual(['MEDIA_NOT_FOUND']);
      await expect.poll(() => listed(entityId), soon).toEqual([`0 ${first}`, `2 ${last}`]);
      expect(await consumer.attach(STORE, entityId, trashed!)).toEqual(['MEDIA_NOT_FOUND']);
      const another = await consumer.create(STORE);
      expect(await consumer.attach(STORE, another, trashed!)).toEqual(['MEDIA_NOT_FOUND']);
      await cms.restore(STORE, trashed!);
      expect(await consumer.attach(STORE, entityId, trashed!)).toEqual(['ALREADY_ATTACHED']);
      await expect.poll(() => listed(entityId), soon).toEqual(before);
      expect(await countOf(trashed!)).toBe(1);
      expect(await consumer.attach(STORE, another, trashed!)).toEqual([]);
    });

    test('a purged file loses its usages, and the ones behind close up', async () => {
      const { entityId, mediaIds } = await entityWith(3);
      const [purged, second, third] = mediaIds;
      await cms.trash(STORE, purged!);
      await cms.purge(STORE, purged!);
      expect(await consumer.attach(STORE, entityId, purged!)).toEqual(['MEDIA_NOT_FOUND']);
      await expect.poll(() => listed(entityId), soon).toEqual([`0 ${second}`, `1 ${third}`]);
      expect(await consumer.attach(STORE, entityId, purged!)).toEqual(['MEDIA_NOT_FOUND']);
      expect(await consumer.detach(STORE, entityId, purged!)).toEqual(['NOT_ATTACHED']);
    });

    test('attaches nothing while the CMS is down; the CMS is notified of detached files when it is back', async () => {
      const { entityId, mediaIds } = await entityWith(2);
      const [kept, detached] = mediaIds;
      const late = await cms.upload(STORE);
      await cms.kill();
      expect(await consumer.attach(STORE, entityId, late)).toEqual(['MEDIA_UNAVAILABLE']);
      expect(await listed(entityId)).toEqual([`0 ${kept}`, `1 ${detached}`]);
      expect(await consumer.detach(STORE, entityId, detached!)).toEqual([]);
      expect(await listed(entityId)).toEqual([`0 ${kept}`]);

      await cms.revive();
      await expect.poll(() => countOf(detached!), soon).toBe(0);
      expect([await countOf(kept!), await countOf(late)]).toEqual([1, 0]);
      expect(await consumer.attach(STORE, entityId, late)).toEqual([]);
      expect(await countOf(late)).toBe(1);
    });

    /** Renames the entity, unless the consumer names none. Returns what the CMS must show of its usages then. */
    async function rename(entityId: string, name: string) {
      const { shown } = consumer;
      if (!shown) return [{ label: null, url: null }];
      expect(await shown.rename(STORE, entityId, name)).toEqual([]);
      return [{ label: `${shown.entityType}: ${name}`, url: shown.editUrl(entityId) }];
    }
    const labelsOf = (mediaId: string) => cms.labels(STORE, mediaId);

    test('the CMS shows what people call the user of a file, immediately, and where to edit it', async () => {
      const entityId = await consumer.create(STORE);
      const named = await rename(entityId, 'Reading lamp');
      const mediaId = await cms.upload(STORE);
      expect(await consumer.attach(STORE, entityId, mediaId)).toEqual([]);
      expect(await labelsOf(mediaId)).toEqual(named);
    });

    test('a rename reaches every usage of the entity, and no other', async () => {
      const { entityId, mediaIds } = await entityWith(3);
      const [shared, ...others] = mediaIds;
      const another = await consumer.create(STORE);
      const kept = await rename(another, 'Desk');
      expect(await consumer.attach(STORE, another, shared!)).toEqual([]);
      const renamed = await rename(entityId, 'Reading lamp');
      for (const mediaId of others) {
        await expect.poll(() => labelsOf(mediaId), soon).toEqual(renamed);
      }
      // Newest first.
      await expect.poll(() => labelsOf(shared!), soon).toEqual([...kept, ...renamed]);
      expect(await countOf(shared!)).toBe(2);
    });

    test('of several renames the last one remains, while files are attached and detached', async () => {
      const { entityId, mediaIds } = await entityWith(2);
      const [kept, detached] = mediaIds;
      const late = await cms.upload(STORE);
      await rename(entityId, 'First');
      const attaching = consumer.attach(STORE, entityId, late);
      const detaching = consumer.detach(STORE, entityId, detached!);
      for (const name of ['Second', 'Third', 'Fourth']) await rename(entityId, name);
      expect(await Promise.all([attaching, detaching])).toEqual([[], []]);
      const last = await rename(entityId, 'Last');
      for (const mediaId of [kept!, late]) {
        await expect.poll(() => labelsOf(mediaId), soon).toEqual(last);
      }
      await expect.poll(() => labelsOf(detached!), soon).toEqual([]);
    });

    test('a rename while the CMS is down arrives when it is back', async () => {
      const { entityId, mediaIds } = await entityWith(2);
      await cms.kill();
      const renamed = await rename(entityId, 'Reading lamp');
      await cms.revive();
      for (const mediaId of mediaIds) {
        await expect.poll(() => labelsOf(mediaId), soon).toEqual(renamed);
      }
    });

    test('a file in the trash gets the new name when it is restored', async () => {
      const { entityId, mediaIds } = await entityWith(1);
      await cms.trash(STORE, mediaIds[0]!);
      const renamed = await rename(entityId, 'Reading lamp');
      await cms.restore(STORE, mediaIds[0]!);
      await expect.poll(() => labelsOf(mediaIds[0]!), soon).toEqual(renamed);
    });
  });
}
