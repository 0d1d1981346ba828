import { Badge, Checkbox, Text, VisuallyHidden } from '@mantine/core';
import { IconLink, IconLock, IconTextCaption } from '@tabler/icons-react';
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraggable } from '../folders/drag.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import { FileLink } from './file-link.tsx';
import type { FileCellProps } from './file-cell.ts';
import { lacksAltText, nameOf } from './file-name.ts';
import classes from './files.module.css';

/** A file in the grid. */
export const FileCard = memo(function FileCard(props: FileCellProps) {
  const { file, id, index, column, isSelected, isActive, actions } = props;
  const { t } = useTranslation('files');
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
        {file && <FileThumbnail file={file} sizes="240px" />}
      </div>
      <Checkbox
        className={classes['check'] ?? ''}
        tabIndex={-1}
        aria-label={t('select', { name })}
        checked={isSelected}
        onChange={() => undefined}
        onClick={(event) => actions.check(event, id)}
      />
      <FileLink id={id} onChoose={actions.choose}>
        {name}
      </FileLink>
      {file && (
        <div className={classes['facts']}>
          <Badge size="sm" variant="light" color="gray" className={classes['type'] ?? ''}>
            {t(`type.${file.mediaType}`)}
          </Badge>
          {file.visibility === 'PRIVATE' && (
            <IconLock size={16} role="img" aria-label={t('private')} />
          )}
          {lacksAltText(file) && (
            <span title={t('missingAlt')} className={classes['warning']}>
              <IconTextCaption size={16} role="img" aria-label={t('missingAlt')} />
            </span>
          )}
          {file.usageCount > 0 && (
            <Text component="span" size="xs" c="dimmed" className={classes['usages'] ?? ''}>
              <IconLink size={14} aria-hidden />
              <span aria-hidden>{file.usageCount}</span>
              <VisuallyHidden>{t('usages', { count: file.usageCount })}</VisuallyHidden>
            </Text>
          )}
        </div>
      )}
    </div>
  );
});
