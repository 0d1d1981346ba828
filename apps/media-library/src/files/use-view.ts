import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type View, readView, writeView } from './view.ts';

export interface ChangeOptions {
  /** True: the back button skips the state before this change, as while one types. */
  readonly replace?: boolean;
}

/** The view in the URL. */
export function useView() {
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => readView(parameters), [parameters]);
  const changeView = useCallback(
    (change: Partial<View>, { replace = false }: ChangeOptions = {}) =>
      setParameters((before) => writeView(before, change), { replace }),
    [setParameters],
  );
  return { view, changeView };
}
export type ChangeView = ReturnType<typeof useView>['changeView'];
