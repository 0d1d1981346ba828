/** SQL for everything below a folder. The column is sorted by code points, where "0" follows "/": it is one range. */
export const below = (column: string, folder: string): string =>
  `${column} >= ${folder} || '/' AND ${column} < ${folder} || '0'`;

/** SQL for a folder and everything below it. */
export const inTree = (column: string, folder: string): string =>
  `(${column} = ${folder} OR (${below(column, folder)}))`;
