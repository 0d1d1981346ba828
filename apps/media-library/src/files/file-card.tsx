import { IconLink, IconLock, IconTextCaption } from '@tabler/icons-react';
import { memo, useRef } from 'react';
import { useDraggable } from '../folders/drag.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import { useFormat } from '../shared/format.ts';
import { FileLink } from './file-link.tsx';
import type { FileCellProps } from './file-cell.ts';
import { lacksAltText, nameOf } from './file-name.ts';
import classes from './files.module.css';

/** A file in the grid. Of plain elements: while one scrolls, hundreds are made in a second. */
export const FileCard = memo(function FileCard(props: FileCellProps) {
  const { file, id, index, column, isTrash, isSelected, isActive, speed, actions, t } = props;
  const ref = useRef<HTMLDivElement>(null);
  useDraggable(ref, actions.dragged && (() => actions.dragged?.(id) ?? { kind: 'files', ids: [] }));
  const name = file ? nameOf(file) : t('loadingFile');
  return (
    <div
      ref={ref}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      data-index={index}
      className={classes['card']}
      onFocus={() => actions.focus(index)}
      onClick={(event) => actions.click(event, id)}
    >
      <div className={classes['thumbnail']}>
        {file && <FileThumbnail file={file} sizes="240px" speed={speed} />}
      </div>
      <input
        type="checkbox"
        className={classes['check']}
        tabIndex={-1}
        aria-label={t('select', { name })}
        checked={isSelected}
        onChange={() => undefined}
        onClick={(event) => actions.check(event, id)}
      />
      <FileLink id={id} onChoose={actions.choose}>
        {name}
      </FileLink>
      {isTrash && <DeletedOn time={file?.trashedAt} t={t} />}
      {file && (
        <div className={classes['facts']}>
          <span className={classes['type']}>{t(`type.${file.mediaType}`)}</span>
          {file.visibility === 'PRIVATE' && (
            <span title={t('private')}>
              <IconLock size={16} role="img" aria-label={t('private')} />
            </span>
          )}
          {lacksAltText(file) && (
            <span title={t('missingAlt')} className={classes['warning']}>
              <IconTextCaption size={16} role="img" aria-label={t('missingAlt')} />
            </span>
          )}
          {file.usageCount > 0 && (
            <span
              role="img"
              title={t('usages', { count: file.usageCount })}
              aria-label={t('usages', { count: file.usageCount })}
              className={classes['usages']}
            >
              <IconLink size={14} aria-hidden />
              {file.usageCount}
            </span>
          )}
        </div>
      )}
    </div>
  );
});

interface DeletedOnProps extends Pick<FileCellProps, 't'> {
  readonly time: string | null | undefined;
}

function DeletedOn({ time, t }: DeletedOnProps) {
  const format = useFormat();
  return (
    <div className={classes['deleted']}>{time && t('deletedOn', { day: format.day(time) })}</div>
  );
}
