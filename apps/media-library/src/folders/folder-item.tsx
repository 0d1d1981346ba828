import { VisuallyHidden } from '@mantine/core';
import { IconChevronRight, IconFolder, IconPhoto } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../shared/format.ts';
import { type Dragged, useDraggable, useDropTarget } from './drag.ts';
import classes from './folders.module.css';
import { isInside, parentOf } from './tree.ts';

/** A closed folder opens when something is held over it. */
const OPEN_AFTER_MS = 700;

interface Props {
  readonly name: string;
  /** Null: not known yet. */
  readonly count: number | null;
  /** Null: all files. */
  readonly path: string | null;
  readonly level: number;
  /** Undefined: there is no folder below it. */
  readonly isExpanded: boolean | undefined;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly isDraggable: boolean;
  readonly editable: boolean;
  readonly onSelect: (path: string | null) => void;
  readonly onFocus: (path: string | null) => void;
  readonly onToggle: (path: string, open: boolean) => void;
  readonly onDrop: (dragged: Dragged, onto: string | null) => void;
}

export function FolderItem(props: Props) {
  const { name, count, path, level, isExpanded, isSelected, isTabStop, editable } = props;
  const { onSelect, onFocus, onToggle, onDrop } = props;
  const { t } = useTranslation('folders');
  const format = useFormat();
  const ref = useRef<HTMLDivElement>(null);
  useDraggable(
    ref,
    path !== null && props.isDraggable ? () => ({ kind: 'folder', path }) : undefined,
  );
  const isOver = useDropTarget(
    ref,
    (dragged) => editable && accepts(path, dragged),
    (dragged) => onDrop(dragged, path),
  );
  useEffect(() => {
    if (!isOver || path === null || isExpanded !== false) return undefined;
    const timer = setTimeout(() => onToggle(path, true), OPEN_AFTER_MS);
    return () => clearTimeout(timer);
  });
  const Icon = path === null ? IconPhoto : IconFolder;
  return (
    <div
      ref={ref}
      role="treeitem"
      aria-level={level}
      aria-expanded={isExpanded}
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      className={classes['item']}
      data-over={isOver || undefined}
      style={{ paddingInlineStart: (level - 1) * 16 }}
      onClick={() => onSelect(path)}
      onFocus={() => onFocus(path)}
    >
      <span
        className={classes['chevron']}
        data-open={isExpanded === true || undefined}
        onClick={(event) => {
          if (path === null || isExpanded === undefined) return;
          event.stopPropagation();
          onToggle(path, !isExpanded);
        }}
      >
        {isExpanded !== undefined && <IconChevronRight size={16} aria-hidden />}
      </span>
      <Icon size={18} stroke={1.5} aria-hidden className={classes['icon'] ?? ''} />
      <bdi className={classes['name']} dir="auto" title={name}>
        {name}
      </bdi>
      {count !== null && (
        <span className={classes['count']}>
          <span aria-hidden>{format.number(count)}</span>
          <VisuallyHidden>{t('count', { count })}</VisuallyHidden>
        </span>
      )}
    </div>
  );
}

/** A folder can be moved anywhere but into itself and to where it is. */
function accepts(path: string | null, dragged: Dragged): boolean {
  if (dragged.kind === 'files') return path !== null;
  if (path !== null && isInside(path, dragged.path)) return false;
  return parentOf(dragged.path) !== path;
}
