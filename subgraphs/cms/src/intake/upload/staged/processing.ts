import { DatabaseUnavailableError } from '@federated-media/subgraph-kit/database-error';
import { beyondRequest } from '@federated-media/subgraph-kit/request-life';
import type { Logger } from '@federated-media/subgraph-kit/logger';
import { createLoop } from '@federated-media/subgraph-kit/loop';
import type { CompletionOutcome } from '@federated-media/subgraph-kit/telemetry/module-metrics';
import { metrics } from '@federated-media/subgraph-kit/telemetry/metrics';
import { createUploadSlots } from '@federated-media/subgraph-kit/upload-slots';
import { unlessAborted } from '../../../platform/unless-aborted.ts';
import type { Rejected } from '../../commit/intake.ts';
import type { NewFile } from '../../commit/repository.ts';
import { QUOTA_EXCEEDED } from '../../commit/upload-outcome.ts';
import type { Reservations } from '../../reservations/reservations.ts';
import type { Attempt, ClaimedAttempt, ProcessingRepository } from './processing-repository.ts';

/** Per process. One store has at most half of them. */
const MAX_RUNNING = 8;
const MAX_ATTEMPTS = 3;
/** After the first and the second failed attempt. */
const RETRY_AFTER_SECONDS = [60, 300];
/** Enough to publish 5 GiB with 1.5 MB per second. */
const ATTEMPT_MS = 60 * 60 * 1000;
const HEARTBEAT_MS = 5_000;
/** Eight times the interval of the heartbeat. */
const SILENT_SECONDS = 40;

/** What an attempt has found: a published file, why the bytes are rejected, or null if they are not there. */
export type Found = NewFile | Rejected | null;

/** Verifies and publishes the bytes of an upload. */
export type Verify = (claimed: ClaimedAttempt, signal: AbortSignal) => Promise<Found>;

/** An attempt that has started. */
interface Started extends Attempt {
  readonly stagedName: string | null;
  readonly found: Promise<Found>;
  /** Ends it. */
  readonly controller: AbortController;
}

interface Job extends Started {
  readonly startedAt: number;
  readonly freeSlot: () => void;
}

interface Dependencies {
  repository: ProcessingRepository;
  reservations: Pick<Reservations, 'removeBytes'>;
  verify: Verify;
  logger: Logger;
}

/**
 * Finishes uploads whose verification goes on after the response. The row of the upload is the job: a process that works
 * on it sends a heartbeat, and without one another process takes it over. Reasons: docs/decisions/0026
 */
export function createProcessing({ repository, reservations, verify, logger }: Dependencies) {
  const running = new Map<string, Job>();
  const ended = new Set<Promise<void>>();
  const slots = createUploadSlots({ slots: MAX_RUNNING, name: 'cms', onFull: () => {} });
  let isStopped = false;

  const loop = createLoop({
    name: 'background completions',
    turn,
    maxBackoffMs: HEARTBEAT_MS,
    isOutage: (error) => error instanceof DatabaseUnavailableError,
    logger,
  });

  /** Null if no slot is free, or the store has its share. */
  function takeSlot(storeId: string): (() => void) | null {
    try {
      return slots.take(storeId);
    } catch {
      return null;
    }
  }

  async function turn(): Promise<number> {
    await sendHeartbeats();
    let claimedAny = false;
    for (const storeId of await repository.storesWithWork(SILENT_SECONDS)) {
      const freeSlot = isStopped ? null : takeSlot(storeId);
      if (!freeSlot) continue;
      claimedAny = (await startNext(storeId, freeSlot)) || claimedAny;
    }
    return claimedAny ? 0 : HEARTBEAT_MS;
  }

  async function sendHeartbeats() {
    if (running.size === 0) return;
    const jobs = [...running.values()];
    const ours = await repository.markSeen(jobs);
    for (const { id, controller } of jobs) if (!ours.has(id)) controller.abort(SUPERSEDED);
  }

  /** Takes over the next upload of the store. False if another process was faster. */
  async function startNext(storeId: string, freeSlot: () => void): Promise<boolean> {
    let isStarted = false;
    try {
      const claimed = await repository.claim(storeId, SILENT_SECONDS);
      if (!claimed) return false;
      const { id, attempt, upload } = claimed;
      const { stagedName } = upload;
      const controller = new AbortController();
      const isExhausted = attempt > MAX_ATTEMPTS;
      const found = isExhausted
        ? Promise.resolve(UNPROCESSABLE)
        : verify(claimed, controller.signal);
      logger.info({ upload: id, attempt }, 'taking over a background completion');
      isStarted = true;
      start({ id, storeId, attempt, stagedName, found, controller }, freeSlot);
      return true;
    } finally {
      if (!isStarted) freeSlot();
    }
  }

  function start(started: Started, freeSlot: () => void) {
    const job = { ...started, startedAt: performance.now(), freeSlot };
    running.set(job.id, job);
    metrics.backgroundCompletions(running.size);
    const end = run(job);
    ended.add(end);
    void end.finally(() => ended.delete(end));
  }

  /** Does not reject. */
  async function run(job: Job) {
    const { id: upload, attempt, controller, startedAt } = job;
    job.found.catch(() => {}); // An attempt that was ended may still fail.
    const timer = setTimeout(() => controller.abort(TOO_LONG), ATTEMPT_MS).unref();
    try {
      const outcome = await outcomeOf(job);
      const ms = Math.round(performance.now() - startedAt);
      metrics.backgroundCompletion(outcome);
      logger.info({ upload, attempt, outcome, ms }, 'background completion ended');
    } catch (error) {
      logger.warn({ err: error, upload }, 'could not end a background completion');
    } finally {
      clearTimeout(timer);
      running.delete(upload);
      job.freeSlot();
      metrics.backgroundCompletions(running.size);
      if (!isStopped) void loop.wake();
    }
  }

  async function outcomeOf(job: Job): Promise<CompletionOutcome> {
    const { signal } = job.controller;
    try {
      const found = await unlessAborted(job.found, signal);
      signal.throwIfAborted();
      return await conclude(job, found);
    } catch (error) {
      return giveBack(job, signal.aborted ? signal.reason : error);
    }
  }

  async function conclude(job: Job, found: Found): Promise<CompletionOutcome> {
    if (found === null) throw MISSING;
    if ('refused' in found) return fail(job, found.refused.message);
    const finished = await repository.finish(job, found);
    switch (finished.outcome) {
      case 'written':
        return 'ready';
      case 'superseded':
        return 'superseded';
      case 'over quota':
        return fail(job, QUOTA_EXCEEDED.message);
      case 'duplicate':
        return fail(job, `The store already has these bytes, in file ${finished.mediaId}.`);
      default: // The file was purged.
        return fail(job, UNVERIFIABLE);
    }
  }

  /** The row before the bytes: what a crash leaves of them is removed by recovery. */
  async function fail(job: Job, failure: string): Promise<CompletionOutcome> {
    const outcome = await repository.fail(job, failure);
    if (outcome === 'superseded') return outcome;
    const { id, storeId, stagedName } = job;
    await reservations.removeBytes({ id, storeId, replaces: null, stagedName });
    return outcome;
  }

  async function giveBack(job: Job, reason: unknown): Promise<CompletionOutcome> {
    if (reason === SUPERSEDED) return 'superseded';
    const { id: upload, attempt } = job;
    const silentSeconds = SILENT_SECONDS;
    if (reason === STOPPED || reason === NO_SLOT) {
      await repository.release(job, { silentSeconds, afterSeconds: -1, counts: false });
      return 'released';
    }
    logger.warn({ err: reason, upload, attempt }, 'background completion failed');
    const afterSeconds = RETRY_AFTER_SECONDS[attempt - 1];
    if (attempt >= MAX_ATTEMPTS || afterSeconds === undefined)
      return fail(job, reason === MISSING ? MISSING.message : UNVERIFIABLE);
    await repository.release(job, { silentSeconds, afterSeconds, counts: true });
    return 'released';
  }

  return {
    /** Finishes an attempt whose request has been answered. If this process has no slot, any other finishes it later. */
    continueInBackground(started: Started): void {
      const freeSlot = isStopped ? null : takeSlot(started.storeId);
      if (!freeSlot) started.controller.abort(NO_SLOT);
      beyondRequest(() => start(started, freeSlot ?? (() => {})));
    },
    start: loop.start,
    /** Lets other processes continue at once. */
    async stop(): Promise<void> {
      isStopped = true;
      await loop.stop();
      for (const { controller } of running.values()) controller.abort(STOPPED);
      await Promise.all(ended);
    },
  };
}

export type Processing = ReturnType<typeof createProcessing>;

const UNVERIFIABLE = 'The file could not be verified. Upload it again.';
const UNPROCESSABLE: Rejected = { refused: { code: 'CORRUPT_FILE', message: UNVERIFIABLE } };
const MISSING = new Error(
  'The bytes of this upload are not available any more. Upload the file again.',
);
const SUPERSEDED = new Error('Another process has taken over this upload.');
const STOPPED = new Error('The process stops.');
const NO_SLOT = new Error('Too many background completions are running.');
const TOO_LONG = new Error('The verification took too long.');
