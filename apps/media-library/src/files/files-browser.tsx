import { Alert, Box, Button, Center, Loader, Title } from '@mantine/core';
import { useElementSize, useMediaQuery, useMergedRef } from '@mantine/hooks';
import {
  type MouseEvent,
  type ReactNode,
  Suspense,
  lazy,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { FolderDrawerButton } from '../folders/folder-drawer-button.tsx';
import { FolderPanel } from '../folders/folder-panel.tsx';
import type { MediaLibraryFilter, MediaLibraryOrder, MediaType } from '../generated/graphql.ts';
import { onMove } from '../graph/changes.ts';
import { type Selection, useSelection } from '../selection/use-selection.ts';
import { Count } from './count.tsx';
import type { FileActions } from './file-cell.ts';
import type { FileList } from './file-list.ts';
import classes from './files.module.css';
import { FilterChips } from './filter-chips.tsx';
import { GridView } from './grid-view.tsx';
import { ListView } from './list-view.tsx';
import { Nothing } from './nothing.tsx';
import { Toolbar } from './toolbar.tsx';
import { useFileList } from './use-file-list.ts';
import { useView } from './use-view.ts';
import { type View, filterOf, isLeft, orderOf } from './view.ts';
import { VisibleRange } from './visible-range.ts';

const UploadMenu = lazy(() => import('../uploads/upload-menu.tsx'));

export interface SelectionProps {
  readonly selection: Selection;
  readonly view: View;
  readonly list: FileList;
  /** All files of the view, not only the loaded ones. */
  readonly total: number | null;
  readonly filter: MediaLibraryFilter;
  readonly orderBy: MediaLibraryOrder;
}

interface Props {
  readonly heading: string;
  /** Only files of these types. Absent: of all types. */
  readonly mediaTypes?: readonly MediaType[];
  /** Whether more than one file can be selected. */
  readonly multiple?: boolean;
  /** Whether a click or Enter selects a file. Absent: its details are opened. */
  readonly selectOnly?: boolean;
  /** Whether folders can be changed, and files be dragged onto them. */
  readonly editable?: boolean;
  readonly onMoveFiles?: (ids: readonly string[], folder: string) => void;
  /** Shown above the files. */
  readonly selectionBar?: (props: SelectionProps) => ReactNode;
}

/** Files of the store with folders, search and filters, which are in the URL. Fills its parent below the header. */
export function FilesBrowser(props: Props) {
  const {
    heading,
    mediaTypes,
    multiple = true,
    selectOnly = false,
    onMoveFiles,
    selectionBar,
  } = props;
  const { editable = false } = props;
  const { t } = useTranslation('files');
  const { view, changeView } = useView();
  const { list, state, isStale, key } = useFileList(view, mediaTypes);
  const selection = useSelection(list, multiple);
  const onChoose = selectOnly ? selection.toggle : undefined;
  const [visible] = useState(() => new VisibleRange());
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const scrollerRef = useMergedRef(scroller, sized);

  const [shownKey, setShownKey] = useState(key);
  if (key !== shownKey) {
    setShownKey(key);
    // Files may be chosen in several folders.
    if (!selectOnly) selection.clear();
  }

  const { remove } = selection;
  useEffect(
    () =>
      onMove((ids, place) => {
        if (!isLeft(view, place)) return;
        list.forget(ids);
        remove(ids);
      }),
    [view, list, remove],
  );

  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [list]);

  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const selected: SelectionProps = {
    selection,
    view,
    list,
    total: state.total,
    filter: filterOf(view, mediaTypes),
    orderBy: orderOf(view),
  };
  const folders = { view, changeView, editable, onMoveFiles };
  const open = useOpenFile(onChoose);
  const actionsOf = useFileActions({ selection, onChoose, editable });
  const Layout = view.view === 'list' ? ListView : GridView;
  return (
    <div className={classes['browser']}>
      {isWide && (
        <aside className={classes['folders']} aria-label={t('folders')}>
          <FolderPanel {...folders} />
        </aside>
      )}
      <section className={classes['content']} aria-label={heading}>
        <Toolbar view={view} changeView={changeView} mediaTypes={mediaTypes}>
          {!isWide && <FolderDrawerButton {...folders} />}
          <Title order={1} size="h4">
            {heading}
          </Title>
          {(editable || selectOnly) && (
            <Suspense fallback={<Box w={104} h={36} />}>
              <UploadMenu />
            </Suspense>
          )}
        </Toolbar>
        <div className={classes['status']}>
          <Count visible={visible} total={state.total} />
          <FilterChips view={view} changeView={changeView} />
        </div>
        {selectionBar?.(selected)}
        {state.error && (
          <Alert color="red" title={t('failed')} m="sm">
            <Button size="xs" variant="default" onClick={() => list.retry()}>
              {t('retry')}
            </Button>
          </Alert>
        )}
        <div
          ref={scrollerRef}
          className={classes['scroller']}
          data-stale={isStale || undefined}
          inert={isStale}
          aria-busy={isStale || state.total === null}
        >
          {state.total === 0 && <Nothing view={view} changeView={changeView} />}
          {state.count > 0 && width > 0 && (
            <Layout
              key={list.key}
              list={list}
              state={state}
              view={view}
              changeView={changeView}
              selection={selection}
              multiple={multiple}
              scroller={scroller}
              width={width}
              actionsOf={actionsOf}
              onOpen={open}
              onVisible={visible.set}
            />
          )}
          {state.hasMore && !state.error && (
            <Center p="md">
              <Loader size="sm" aria-label={t('loadingFile')} />
            </Center>
          )}
        </div>
      </section>
    </div>
  );
}

function useOpenFile(onChoose: ((id: string) => void) | undefined) {
  const navigate = useNavigate();
  const { search } = useLocation();
  return (id: string) => {
    if (onChoose) onChoose(id);
    else void navigate({ pathname: `/files/${id}`, search });
  };
}

interface ActionOptions {
  readonly selection: Selection;
  readonly onChoose: ((id: string) => void) | undefined;
  readonly editable: boolean;
}

function useFileActions({ selection, onChoose, editable }: ActionOptions) {
  const { ids, toggle, extend } = selection;
  const dragged = useCallback(
    (id: string) => ({ kind: 'files' as const, ids: ids.has(id) ? [...ids] : [id] }),
    [ids],
  );
  return useMemo(() => {
    const check = (event: MouseEvent, id: string) => {
      event.stopPropagation();
      if (event.shiftKey) extend(id, id);
      else toggle(id);
    };
    const click = (event: MouseEvent, id: string) => {
      if (!event.shiftKey || event.defaultPrevented) return;
      event.preventDefault();
      extend(id, id);
    };
    return (focus: (index: number) => void): FileActions => ({
      choose: onChoose,
      check,
      click,
      focus,
      dragged: editable ? dragged : undefined,
    });
  }, [toggle, extend, onChoose, editable, dragged]);
}
