import { useApolloClient } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Place, announceMove } from '../graph/changes.ts';
import { notify } from '../shared/notify.ts';
import { useLeaveWarning } from '../shared/use-leave-warning.ts';
import { type Outcome, type Problem, type Running, readNames } from './bulk.ts';

export interface Failure {
  readonly id: string;
  readonly name: string;
  readonly problem: Problem;
}

export interface BulkState {
  /** What is being done; null: nothing. */
  readonly running: {
    readonly label: string;
    readonly done: number;
    readonly total: number;
    readonly mayBeLeft: boolean;
    readonly cancel: () => void;
  } | null;
  readonly failed: { readonly failures: readonly Failure[]; readonly succeeded: number } | null;
}

export interface BulkTask<Result> {
  readonly label: string;
  readonly total: number;
  readonly work: (running: Running) => Promise<Result>;
  /** Whether nothing is lost when the page is closed meanwhile. */
  readonly mayBeLeft?: boolean;
  /** Where the files are when it succeeded. Absent: where they were. */
  readonly place?: Place;
}

/** Work on many files, with progress and what failed. One at a time. */
export function useBulk() {
  const { t } = useTranslation('selection');
  const client = useApolloClient();
  const [{ running, failed }, setState] = useState<BulkState>({ running: null, failed: null });
  const isRunning = useRef(false);
  useLeaveWarning(running !== null && !running.mayBeLeft);

  /** Null when it was cancelled, failed as a whole, or something else is being done. */
  const track = useCallback(
    async <Result>(task: BulkTask<Result>): Promise<Result | null> => {
      const { label, total, work, mayBeLeft = false } = task;
      if (isRunning.current) {
        notify({ color: 'red', message: t('busy') });
        return null;
      }
      isRunning.current = true;
      const controller = new AbortController();
      const { signal } = controller;
      const cancel = () => controller.abort();
      const show = (done: number) =>
        setState(({ failed: before }) => ({
          running: { label, done, total, mayBeLeft, cancel },
          failed: before,
        }));
      show(0);
      try {
        return await work({ signal, cancel, onProgress: show });
      } catch (error) {
        const isDiskFull = error instanceof Error && error.name === 'QuotaExceededError';
        const message = t(isDiskFull ? 'diskFull' : 'unreachable');
        if (!signal.aborted) notify({ color: 'red', message });
        return null;
      } finally {
        isRunning.current = false;
        setState((state) => ({ ...state, running: null }));
      }
    },
    [t],
  );

  const reportFailures = useCallback(
    async (outcomes: readonly Outcome[]) => {
      const problems = new Map(outcomes.map(({ id, problem }) => [id, problem]));
      const ids = outcomes.filter(({ problem }) => problem).map(({ id }) => id);
      if (ids.length === 0) return;
      const names = await readNames(client, ids).catch(() => new Map<string, string>());
      const failures = ids.flatMap((id) => {
        const problem = problems.get(id);
        return problem ? [{ id, name: names.get(id) ?? id, problem }] : [];
      });
      const succeeded = outcomes.length - failures.length;
      setState((state) => ({ ...state, failed: { failures, succeeded } }));
    },
    [client],
  );

  /** Returns the ids of the files for which it succeeded. */
  const run = useCallback(
    async (task: BulkTask<readonly Outcome[]>): Promise<string[]> => {
      const outcomes = (await track(task)) ?? [];
      const changed = outcomes.filter(({ problem }) => !problem).map(({ id }) => id);
      const failedWith = (code: Problem['code']) =>
        outcomes.filter(({ problem }) => problem?.code === code).map(({ id }) => id);
      if (task.place !== undefined) announceMove(changed, task.place);
      announceMove(failedWith('NOT_FOUND'), null);
      announceMove(failedWith('NOT_IN_TRASH'), { trashed: false });
      await reportFailures(outcomes);
      return changed;
    },
    [track, reportFailures],
  );

  const close = useCallback(() => setState((state) => ({ ...state, failed: null })), []);
  return { running, failed, track, run, close };
}
export type Bulk = ReturnType<typeof useBulk>;
